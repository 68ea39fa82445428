import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import type { Config } from '../../config/config.ts';
import { TRANSPORT_NAMES, type Endpoint } from '../../config/endpoint.ts';
import { canonicalIp, isManyHostsIp, isWildcardIp } from '../../config/ip-literal.ts';
import { parseNodeId } from '../../config/node-id.ts';
import { parseNodeName } from '../../config/node-name.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { writeConfig, type ConfigValues } from '../../config/write-config.ts';

/** Plain objects, as the parser makes them. */
const PLAIN = { noNullPrototype: true } as const;
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const nodeId = fc.integer({ min: 1, max: 254 }).map((id) => parseNodeId(id)!);
const ip = fc
  .oneof(fc.ipV4(), fc.ipV6())
  .map((text) => canonicalIp(text)!)
  .filter((address) => !isWildcardIp(address) && !isManyHostsIp(address));
const port = fc.integer({ min: 1, max: 65_535 });
const plainEndpoint = fc.record({ transport: fc.constantFrom(...TRANSPORT_NAMES), host: ip, port }, PLAIN);
const path = fc.constantFrom('/a', '/x', "/it's", '/a:b', '/&*!', '/%20', '/-');
const wssEndpoint = fc.record(
  { transport: fc.constant('wss' as const), host: ip, port, path, serverName: fc.constantFrom('a.example', 'x-y') },
  PLAIN,
);
const endpoint: fc.Arbitrary<Endpoint> = fc.oneof(plainEndpoint, wssEndpoint);
const endpoints = (minLength = 0) =>
  fc.uniqueArray(endpoint, { minLength, maxLength: 4, selector: (item) => JSON.stringify(item) });
/** Names that YAML would take for something else. */
const awkward = fc
  .constantFrom(
    'yes',
    'null',
    '~',
    '1',
    '0x1f',
    '1e5',
    '.inf',
    '# a',
    'a # b',
    'a: b',
    '- a',
    '*a',
    '&a',
    '!a',
    '|',
    '>',
    '%a',
    '@a',
    '`a`',
    '"',
    "'",
    "it's",
    '[a',
    '{a',
    ', a',
    '? a',
    '---',
    '<<',
    '2001-01-01',
    '\\',
    'a\\nb',
    'é: ',
    '=',
  )
  .filter((name) => parseNodeName(name) === name);
const name = fc.oneof(
  awkward,
  fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => parseNodeName(text) === text),
);

const config: fc.Arbitrary<Config> = fc.record(
  {
    id: nodeId,
    name,
    networkKey: key,
    identity: key,
    adminKey: key,
    adminPublicKey: key,
    credential: fc.oneof(
      fc.uint8Array({ minLength: 204, maxLength: 204 }),
      fc.uint8Array({ minLength: 273, maxLength: 273 }),
    ),
    listen: endpoints(),
    advertise: endpoints(),
    country: fc.constantFrom('DE', 'NO'),
    exit: fc.record(
      {
        allowPrivate: fc.boolean(),
        allowPorts: fc.uniqueArray(port, { maxLength: 5 }),
        maxStreamsPerClient: fc.integer({ min: 1, max: 65_535 }),
      },
      PLAIN,
    ),
    socks: fc.oneof(
      fc.record({ listen: fc.record({ host: ip, port }, PLAIN), earlyReply: fc.boolean() }, PLAIN),
      fc.record({ listen: fc.record({ host: ip, port }, PLAIN), password: awkward }, PLAIN),
    ),
    servers: fc.uniqueArray(fc.record({ id: nodeId, addresses: endpoints(1) }, PLAIN), {
      maxLength: 3,
      selector: (server) => server.id,
    }),
    stateDir: fc.oneof(fc.constantFrom('state', '/var/lib/u', '../x', 'C:\\u', 'C:', '~', 'a b', ' ', '-'), name),
    logLevel: fc.constantFrom('trace', 'debug', 'info', 'warn', 'error'),
  },
  {
    ...PLAIN,
    requiredKeys: [
      'id',
      'name',
      'networkKey',
      'identity',
      'adminPublicKey',
      'credential',
      'listen',
      'advertise',
      'exit',
      'servers',
      'stateDir',
      'logLevel',
    ],
  },
);

t.test('property: every configuration reads back', async () => {
  fc.assert(
    fc.property(config, (value) => {
      assert.deepEqual(parseConfig(writeConfig(value)), { config: value });
    }),
    { seed: 10, numRuns: 300 },
  );
});

const LEAST: ConfigValues = {
  id: parseNodeId(7)!,
  networkKey: new Uint8Array(32).fill(1),
  identity: new Uint8Array(32).fill(2),
  adminPublicKey: new Uint8Array(32).fill(3),
  credential: new Uint8Array(204).fill(4),
};

t.test('what is left out becomes a comment and reads back as the default', async (t) => {
  const text = writeConfig(LEAST);
  t.strictSame(parseConfig(text), {
    config: {
      ...LEAST,
      name: 'node-7',
      listen: [],
      advertise: [],
      exit: { allowPrivate: false, allowPorts: [], maxStreamsPerClient: 1_024 },
      servers: [],
      stateDir: 'state',
      logLevel: 'info',
    },
  });
  for (const line of ['# country: DE', '# socks:', '#   listen: 127.0.0.1:1080', '# logLevel: info'])
    t.ok(text.includes(`\n${line}\n`), line);
  const withProxy = writeConfig({ ...LEAST, socks: { listen: { host: '127.0.0.1', port: 1080 } } });
  for (const line of ['  # password: a long one', '  # earlyReply: true'])
    t.ok(withProxy.includes(`\n${line}\n`), line);
  t.notMatch(text, /adminKey:/, 'the admin key is one node only');
});

t.test('the examples in the comments are valid themselves', async (t) => {
  const text = writeConfig(LEAST).replaceAll(/^# ((?: |- )*(?:\w+:(?: [\w.:]+)?|- \S+.*))$/gm, '$1');
  t.match(parseConfig(text), {
    config: { country: 'DE', socks: { listen: { port: 1080 } }, servers: [{ id: 1 }], name: 'frankfurt' },
  });
});

t.test('every key is explained, and lines are short', async (t) => {
  const socks = { listen: { host: '127.0.0.1', port: 1080 }, earlyReply: true, password: 'hunter2' };
  const lines = writeConfig({ ...LEAST, listen: [], servers: [], socks }).split('\n');
  for (const [index, line] of lines.entries()) {
    if (/^\s*\w+:/.test(line) && !line.startsWith('  listen:')) t.match(lines[index - 1], /^\s*# /, line.slice(0, 30));
    if (line.trim().startsWith('#')) t.ok(line.length <= 110, line);
  }
});

t.test('defaults of the listen addresses are not frozen into the file', async (t) => {
  const listen: Endpoint[] = [
    { transport: 'udp', host: '0.0.0.0', port: 4840 },
    { transport: 'tcp', host: '::1', port: 4840 },
  ];
  t.match(parseConfig(writeConfig({ ...LEAST, listen })), { config: { listen, advertise: [listen[1]] } });
});
