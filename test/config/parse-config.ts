import fc from 'fast-check';
import t, { type Test } from 'tap';
import { formatConfigError } from '../../config/config-error.ts';
import { locateInConfig, parseConfig } from '../../config/parse-config.ts';
import { BROKEN_SYNTAX } from './fixtures/broken-syntax.ts';
import { BROKEN_VALUES } from './fixtures/broken-values.ts';
import { BROKEN_PORTIONS, GOOD_PORTIONS } from './fixtures/portion-values.ts';
import { ADMIN_KEY, ADMIN_PUBLIC_KEY, CREDENTIAL, IDENTITY, NETWORK_KEY, VALID } from './fixtures/valid-config.ts';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64url'));

/** Every error as the terminal shows it. */
function errorsOf(text: string): string[] {
  const parsed = parseConfig(text);
  return 'errors' in parsed ? parsed.errors.map((error) => formatConfigError('u', error)) : [];
}

function assertNoSecrets(t: Test, text: string): void {
  for (const line of errorsOf(text)) {
    for (const secret of [NETWORK_KEY, IDENTITY, ADMIN_KEY]) {
      // Any 12 characters in a row would already be too much.
      for (let i = 0; i + 12 <= secret.length; i++)
        if (line.includes(secret.slice(i, i + 12))) t.fail(`secret in: ${line}`);
    }
  }
}

t.test('the smallest configuration gets the defaults', async (t) => {
  t.strictSame(parseConfig(VALID), {
    config: {
      id: 1,
      name: 'node-1',
      networkKey: bytes(NETWORK_KEY),
      identity: bytes(IDENTITY),
      adminPublicKey: bytes(ADMIN_PUBLIC_KEY),
      credential: bytes(CREDENTIAL),
      listen: [],
      advertise: [],
      exit: { allowPrivate: false, allowPorts: [], maxStreamsPerClient: 1_024 },
      servers: [],
      stateDir: 'state',
      logLevel: 'info',
    },
  });
});

t.test('every key', async (t) => {
  const parsed = parseConfig(`${VALID}
name: Zürich 東京
adminKey: ${ADMIN_KEY}
listen: [udp://0.0.0.0:4840, "tcp://[::]:4840", tcp://192.0.2.7:0]
advertise: [UDP://192.0.2.7:4840]
country: NO
exit: { allowPrivate: true, allowPorts: [25, 465], maxStreamsPerClient: 16 }
socks: { listen: "[0::1]:1080", earlyReply: true, password: hunter2 }
servers:
  - id: 254
    addresses: [udp://192.0.2.7:4840, wss://192.0.2.7:443/x?host=example.com]
  - { addresses: [udp://192.0.2.8:4840], id: 2 }
stateDir: /var/lib/uservpn
logLevel: trace
`);
  t.match(parsed, {
    config: {
      name: 'Zürich 東京',
      adminKey: bytes(ADMIN_KEY),
      listen: [
        { transport: 'udp', host: '0.0.0.0', port: 4840 },
        { transport: 'tcp', host: '::', port: 4840 },
        { transport: 'tcp', host: '192.0.2.7', port: 0 },
      ],
      advertise: [{ transport: 'udp', host: '192.0.2.7', port: 4840 }],
      country: 'NO',
      exit: { allowPrivate: true, allowPorts: [25, 465], maxStreamsPerClient: 16 },
      socks: { listen: { host: '::1', port: 1080 }, earlyReply: true, password: 'hunter2' },
      servers: [
        {
          id: 254,
          addresses: [
            { transport: 'udp', host: '192.0.2.7', port: 4840 },
            { transport: 'wss', host: '192.0.2.7', port: 443, path: '/x', serverName: 'example.com' },
          ],
        },
        { id: 2, addresses: [{ transport: 'udp', host: '192.0.2.8', port: 4840 }] },
      ],
      stateDir: '/var/lib/uservpn',
      logLevel: 'trace',
    },
  });
});

t.test('advertised are the listen addresses that others can use', async (t) => {
  const text = `${VALID}listen: [udp://0.0.0.0:4840, "udp://[::]:4840", tcp://192.0.2.7:0, tcp://192.0.2.7:4840]\n`;
  t.match(parseConfig(text), { config: { advertise: [{ transport: 'tcp', host: '192.0.2.7', port: 4840 }] } });
  t.strictSame(
    'config' in parseConfig(text) &&
      (parseConfig(`${text}advertise: []\n`) as { config: { advertise: unknown } }).config.advertise,
    [],
    'none where that is said',
  );
});

t.test('line ends, byte order mark, comments, a document start and JSON', async (t) => {
  const { config } = parseConfig(VALID) as { config: unknown };
  const json = `{${VALID.trimEnd()
    .split('\n')
    .map((line) => line.replace(/(\w+): (.*)/, (_, key, value) => `"${key}": ${key === 'id' ? value : `"${value}"`}`))
    .join(', ')}}`;
  for (const text of [
    `\ufeff${VALID}`,
    VALID.replaceAll('\n', '\r\n'),
    `---\n${VALID}...\n`,
    `# 1\n\n${VALID}# 2`,
    json,
  ]) {
    t.strictSame(parseConfig(text), { config });
  }
});

t.test('what goes by way of other nodes: a share in percent, and how', async (t) => {
  for (const [line, expected] of GOOD_PORTIONS) t.match(parseConfig(`${VALID}${line}\n`), { config: expected }, line);
  for (const [line, expected] of BROKEN_PORTIONS) t.same(errorsOf(`${VALID}${line}\n`), [expected], line);
});

t.test('broken syntax', async (t) => {
  for (const [name, text, expected] of BROKEN_SYNTAX) {
    t.strictSame(errorsOf(text), expected, name);
    assertNoSecrets(t, text);
  }
});

t.test('broken values', async (t) => {
  for (const [name, change, expected] of BROKEN_VALUES) {
    const text = change(VALID);
    t.strictSame(errorsOf(text), expected, name);
    assertNoSecrets(t, text);
  }
});

t.test('a place points at the text', async (t) => {
  const text = `${VALID}servers:\r\n  - id: 2\r\n    addresses:\r\n      - udp://192.0.2.7:1\r\n      - nowhere\r\n`;
  const parsed = parseConfig(text);
  const error = 'errors' in parsed ? parsed.errors[0] : undefined;
  t.match(error, { path: 'servers[0].addresses[1]' });
  t.ok(
    text
      .split('\n')
      [error!.line - 1]?.slice(error!.column - 1)
      .startsWith('nowhere'),
  );
});

t.test('values that others find fault with are found in the text', async (t) => {
  const path = ['rules', 1, 'lists', 0];
  const text = `\ufeff${VALID}rules:\n  - to: auto\n  - lists:\n      - a.txt\n    to: block\n`;
  const found = (at: string) =>
    locateInConfig(at, [{ path, message: 'is gone' }]).map((error) => formatConfigError('u', error));
  t.same(found(text), ['u:9:9: rules[1].lists[0]: is gone']);
  t.same(found(VALID), ['u:1:1: rules[1].lists[0]: is gone'], 'or the beginning, where the text is another one now');
  t.same(found('['), ['u:1:1: rules[1].lists[0]: is gone']);
});

t.test('hostile texts are refused fast, with few errors', async (t) => {
  const megabyte = 1 << 20;
  const hostile: readonly (readonly [string, string, RegExp])[] = [
    ['huge', `${VALID}#${'x'.repeat(megabyte)}`, /larger than 1 MiB/],
    ['huge in bytes only', `${VALID}#${'東'.repeat(megabyte / 2)}`, /larger than 1 MiB/],
    ['lists in lists', '['.repeat(megabyte), /nested too deep/],
    ['maps in maps', '{a: '.repeat(megabyte / 4), /nested too deep/],
    ['indented lists', '- '.repeat(megabyte / 2), /nested too deep/],
    ['keys of keys', '? '.repeat(megabyte / 2), /nested too deep/],
    ['values', `a: [${'1,'.repeat(megabyte / 4)}]`, /too much in one file/],
    ['lines', '\n'.repeat(megabyte), /too much in one file/],
    ['many keys', Array.from({ length: 9_000 }, (_, i) => `k${i}: 1\n`).join(''), /missing/],
    ['one key many times', 'id: 1\n'.repeat(9_000), /missing/],
    ['an error in each line', 'a: @\n'.repeat(9_000), /start with this character/],
    [
      'alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghij', (c, i) => `${c}: &${c} [${`*${'abcdefghi'[i]},`.repeat(9)}]\n`).join('')}`,
      /missing|anchors/,
    ],
    ['zeros', '\0'.repeat(megabyte), /no text/],
  ];
  for (const [name, text, message] of hostile) {
    const parsed = parseConfig(text);
    const errors = 'errors' in parsed ? parsed.errors : [];
    t.match(errors[0]?.message, message, name);
    t.ok(errors.length <= 51, `${name}: ${errors.length} errors`);
  }
});

t.test('the largest network fits the limits', async (t) => {
  const addresses = Array.from(
    { length: 16 },
    (_, i) => `      - wss://[2001:db8::${i}:1]:443/a/long/path?host=a-name.example.com # why\n`,
  ).join('');
  const servers = Array.from({ length: 254 }, (_, i) => `  - id: ${i + 1}\n    addresses:\n${addresses}`).join('');
  const parsed = parseConfig(`${VALID}servers:\n${servers}`);
  t.equal('config' in parsed ? parsed.config.servers.length : parsed.errors[0]?.message, 254);
});

t.test('more errors than anybody reads are counted', async (t) => {
  const parsed = parseConfig(VALID + Array.from({ length: 73 }, (_, i) => `zzzzzz${i}: 1\n`).join(''));
  const errors = 'errors' in parsed ? parsed.errors : [];
  t.equal(errors.length, 51);
  t.match(errors[50], { message: 'and 23 more errors after this one', path: '' });
});

t.test('property: every error of any text has a place in it', async (t) => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom(
          'a',
          'id',
          ':',
          ' ',
          '\n',
          '-',
          '[',
          ']',
          '{',
          '}',
          '"',
          '1',
          ',',
          '&',
          '*',
          '!',
          '\t',
          '#',
          '|',
          '?',
        ),
        maxLength: 40,
      }),
      (text) => {
        const parsed = parseConfig(text);
        const lines = text.split('\n');
        if (!('errors' in parsed) || parsed.errors.length === 0) throw new Error('no errors');
        for (const { line, column, message } of parsed.errors) {
          if (line < 1 || line > lines.length || column < 1 || column > lines[line - 1]!.length + 1 || message === '') {
            throw new Error(`${line}:${column}: ${message}`);
          }
        }
      },
    ),
    { seed: 9, numRuns: 2_000 },
  );
  t.pass();
});
