import t from 'tap';
import { configSchema, KNOWN_KEYS } from '../../config/schema.ts';

const KEY = 'A'.repeat(43);
const LEAST = {
  id: 7,
  networkKey: KEY,
  identity: KEY,
  adminPublicKey: KEY,
  credential: 'A'.repeat(272),
};

t.test('the least configuration gets its defaults', async (t) => {
  const config = configSchema.parse(LEAST);
  t.equal(config.name, 'node-7');
  t.strictSame(config.listen, []);
  t.equal(config.socks, undefined, 'no proxy unless asked for');
  t.equal(config.exit.allowPrivate, false);
  t.notOk('adminKey' in config);
});

t.test('what is listened on is advertised, wildcards left out', async (t) => {
  const listen = ['udp://0.0.0.0:4840', 'tcp://192.0.2.7:4840'];
  t.strictSame(configSchema.parse({ ...LEAST, listen }).advertise, [
    { transport: 'tcp', host: '192.0.2.7', port: 4840 },
  ]);
});

t.test('every key is needed or has a default, and an unknown one is refused at every level', async (t) => {
  for (const key of Object.keys(LEAST)) {
    const { [key as keyof typeof LEAST]: _, ...rest } = LEAST;
    t.equal(configSchema.safeParse(rest).success, false, `without ${key}`);
  }
  t.equal(configSchema.safeParse({ ...LEAST, colour: 'red' }).success, false);
  t.equal(configSchema.safeParse({ ...LEAST, exit: { allowEverything: true } }).success, false);
  t.ok(KNOWN_KEYS.get('servers')!.includes('addresses'));
});

t.test('a proxy password has 1 to 255 bytes, and no error repeats it', async (t) => {
  const told = (password: unknown): string =>
    configSchema.safeParse({ ...LEAST, socks: { listen: '127.0.0.1:1080', password } }).error?.issues[0]?.message ?? '';
  t.equal(told('ü'.repeat(127)), '');
  t.equal(told(''), 'is empty; write a password, or remove the key');
  t.equal(told('ü'.repeat(128)), 'is longer than 255 bytes; write a shorter password');
  t.equal(told(1234567890), 'is a number without quotes; write a password in quotes');
});
