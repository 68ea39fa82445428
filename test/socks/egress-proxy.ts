import type { Socket } from 'node:net';
import t from 'tap';
import type { StreamEvent } from '../../mesh/mesh-stream.ts';
import type { Target } from '../../mesh/session/target.ts';
import { checkEgress, type EgressPolicy } from '../../socks/egress/egress-policy.ts';
import { addressBytes, addressText } from '../../socks/host-text.ts';
import { streamPair } from '../fixtures/stream-pair.ts';
import { hostsFile } from './fixtures/hosts-file.ts';
import { nodeId } from './fixtures/node-ids.ts';
import { startProxy, type Proxy, type ProxyOptions } from './fixtures/proxy.ts';
import { realScheduler } from './fixtures/schedulers.ts';
import { listen, textUntilEnd } from './fixtures/sockets.ts';
import { socksConnect } from './fixtures/socks-client.ts';

// From a program through the SOCKS port and an exit to a socket. In this world 127.0.0.1 plays the public internet:
// the exit's policy takes it for PUBLIC, all other addresses for what they are.

const PUBLIC = '93.184.216.34';
const OWN_PORT = 4840;
const POLICY: EgressPolicy = {
  allowPrivate: false,
  allowPorts: [],
  ownAddresses: [PUBLIC, '10.0.0.7', '2a00::7', '203.0.114.9'].map((text) => addressBytes(text)!),
  ownPorts: [OWN_PORT, 1080],
};

interface World {
  readonly proxy: Proxy;
  readonly sitePort: number;
  /** What names stand for; those that are not in here must not be looked up. */
  readonly names: Map<string, readonly string[]>;
  readonly lookedUp: string[];
  readonly code: (host: string | Uint8Array, port?: number) => Promise<number>;
}

async function setup(
  test: Pick<typeof t, 'teardown' | 'fail'>,
  policy: Partial<EgressPolicy> = {},
  more: ProxyOptions = {},
  hasInternet = !policy.allowPrivate,
): Promise<World> {
  const names = new Map<string, readonly string[]>();
  const lookedUp: string[] = [];
  const asSeen = (address: Uint8Array): Uint8Array =>
    hasInternet && addressText(address) === '127.0.0.1' ? addressBytes(PUBLIC)! : address;
  const proxy = await startProxy({
    check: (address, port) => checkEgress({ ...POLICY, ...policy }, asSeen(address), port),
    lookup: (name, done) => {
      const addresses = names.get(name);
      lookedUp.push(name);
      if (addresses === undefined) test.fail(`looked up ${name}`);
      queueMicrotask(() => done(null, addresses ?? []));
    },
    ...more,
  });
  const taken: Socket[] = [];
  const site = await listen((socket) => {
    taken.push(socket);
    socket.end('hello');
  });
  test.teardown(async () => {
    await proxy.close();
    for (const socket of taken) socket.destroy();
    site.server.close();
  });
  const code = async (host: string | Uint8Array, port = site.port): Promise<number> => {
    const made = await socksConnect(proxy.port, host, port);
    if (made.code === 0) test.fail(`connected to ${String(host)}`);
    made.socket.destroy();
    return made.code;
  };
  return { proxy, sitePort: site.port, names, lookedUp, code };
}

async function greeting({ proxy, sitePort }: World, host: string): Promise<string> {
  const { socket, code } = await socksConnect(proxy.port, host, sitePort);
  const text = `${code} ${await textUntilEnd(socket)}`;
  socket.end();
  return text;
}

/** Refused whatever the exit's owner allows, on any port. */
const NEVER = [
  ...['0.0.0.0', '0.1.2.3', '::', '169.254.1.1', '169.254.169.254', '169.254.170.2', 'fd00:ec2::254', 'fe80::1'],
  ...['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd20:ce::254', 'fd00:42::42', 'fd00:c1::a9fe:a9fe'],
  ...['224.0.0.1', '239.255.255.250', 'ff02::1', 'ff0e::1', '255.255.255.255', '240.0.0.1', '254.1.2.3'],
  ...['192.0.0.8', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '192.88.99.1', '2001:db8::1', '100::1'],
  ...['3fff::1', '2001:2::1', '5f00::1', 'fec0::1', '4000::1', '::2', '::127.0.0.1', '::8.8.8.8', '::ffff:0:127.0.0.1'],
  // In disguise: mapped, NAT64 (well known and local), 6to4, Teredo (server and client), ISATAP.
  ...['::ffff:169.254.169.254', '64:ff9b::169.254.169.254', '64:ff9b:1::8.8.8.8', '64:ff9b:1:ffff::127.0.0.1'],
  ...['2002:a9fe:a9fe::1', '2001:0:a9fe:a9fe::f7f7:f7f7', '2001:0:808:808::5601:5601', '2a00::5efe:169.254.169.254'],
  ...['::ffff:0.0.0.0', '::ffff:255.255.255.255', '2002:e000:1::1', '64:ff9b::240.0.0.1'],
];

/** Refused unless the owner allows private addresses. */
const PRIVATE = [
  ...['127.0.0.2', '127.255.255.254', '::1', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1'],
  ...['fd12::1', 'fc00::1', '::ffff:127.0.0.2', '::ffff:10.0.0.1', '64:ff9b::127.0.0.1', '64:ff9b::192.168.1.1'],
  ...['2002:7f00:1::1', '2002:c0a8:101::1', '2001:0:7f00:1::f7f7:f7f7', '2001:0:808:808::80ff:fffe'],
  ...['2a00::5efe:127.0.0.1', '2a00::200:5efe:10.0.0.1', '2002:808:808::5efe:10.0.0.1'],
];

t.test('a public site is reached, by name and by address', async (t) => {
  const world = await setup(t);
  world.names.set('site.example', ['127.0.0.1']);
  for (const host of ['site.example', 'SITE.Example.', '127.0.0.1', '127.0.0.1.', '::ffff:127.0.0.1'])
    t.equal(await greeting(world, host), '0 hello', host);
});

t.test('addresses and names that are no place of the internet: code 2', async (t) => {
  const { names, code, proxy } = await setup(t);
  const all = [...NEVER, ...PRIVATE];
  for (const [index, address] of all.entries()) {
    t.equal(await code(address), 2, address);
    const bytes = addressBytes(address)!;
    if (bytes.length === 16) t.equal(await code(bytes), 2, `${address} as bytes`);
    names.set(`n${index}.example`, [address]);
    t.equal(await code(`n${index}.example`), 2, `a name for ${address}`);
  }
  names.set('several.example', all);
  t.equal(await code('several.example'), 2, 'all of them at once');
  t.ok(
    proxy.egressOutcomes.every((outcome) => outcome.type === 'refused' && outcome.reason === 'not-allowed'),
    'all by the exit, none by accident',
  );
});

t.test('this machine by its names: code 2, whatever a name server would say', async (t) => {
  const { code, lookedUp } = await setup(t, {}, {}, false);
  for (const host of ['localhost', 'LOCALHOST', 'localhost.', 'app.localhost', 'A.B.LocalHost.'])
    t.equal(await code(host), 2, host);
  t.same(lookedUp, []);
});

t.test("a name of the exit's own hosts file: code 2", async (t) => {
  const proxy = await startProxy({ allowPrivate: false });
  t.teardown(() => proxy.close());
  for (const { name } of hostsFile().slice(0, 3)) {
    const { socket, code } = await socksConnect(proxy.port, name, 80);
    t.equal(code, 2, name);
    socket.destroy();
  }
});

t.test('port 25, and its own ports on all its addresses: code 2', async (t) => {
  const { names, code } = await setup(t);
  const own = ['127.0.0.1', '10.0.0.7', '2a00::7', '203.0.114.9', '127.9.9.9', '::1', '0.0.0.0', '::'];
  const disguised = ['::ffff:203.0.114.9', '64:ff9b::203.0.114.9', '2002:cb00:7209::1', '2a00::5efe:203.0.114.9'];
  for (const [index, address] of [...own, ...disguised].entries()) {
    names.set(`own${index}.example`, [address]);
    for (const port of [OWN_PORT, 1080]) {
      t.equal(await code(address, port), 2, `${address} ${port}`);
      t.equal(await code(`own${index}.example`, port), 2, `a name for ${address}, ${port}`);
    }
  }
  names.set('mail.example', ['127.0.0.1']);
  for (const host of ['127.0.0.1', 'mail.example']) t.equal(await code(host, 25), 2, `${host} 25`);
});

t.test('a name that is public at first and private later: each connection goes where it was checked', async (t) => {
  let aheadMs = 0;
  const world = await setup(t, {}, { scheduler: { ...realScheduler, nowMs: () => realScheduler.nowMs() + aheadMs } });
  const { names, lookedUp, code } = world;
  names.set('rebind.example', ['127.0.0.1']);
  t.equal(await greeting(world, 'rebind.example'), '0 hello');
  names.set('rebind.example', ['10.0.0.1']);
  t.equal(await greeting(world, 'rebind.example'), '0 hello', 'the answer is still good, and so is its address');
  t.same(lookedUp, ['rebind.example'], 'one look-up, no second one to connect');
  aheadMs = 30_001;
  t.equal(await code('rebind.example'), 2);
  t.equal(lookedUp.length, 2);
});

t.test('public and private in one answer: only the public one is tried', async (t) => {
  const world = await setup(t);
  world.names.set('both.example', ['10.0.0.1', 'fd12::1', '::1', '169.254.169.254', '127.0.0.1', '127.0.0.2']);
  t.equal(await greeting(world, 'both.example'), '0 hello');
});

/** What programs and hostile clients write for 127.0.0.1 and the like. */
const SPELLINGS = [
  ...[
    '0177.0.0.1',
    '0177.0.0.01',
    '017700000001',
    '2130706433',
    '0x7f000001',
    '0X7F.1',
    '0x7f.0.0.1',
    '127.1',
    '127.0.1',
  ],
  ...[
    '0',
    '00',
    '0x',
    '0.0',
    '1.2.3.256',
    '1.2.3.4.5',
    '127.0.0.1..',
    '.127.0.0.1',
    '127.0.0..1',
    'a.127.0.0.1',
    'a.0x7f',
  ],
  ...['127.0.0.1%eth0', '::1%lo', 'fe80::1%25eth0', '%31%32%37.0.0.1', 'local%68ost', '[::1]', '[127.0.0.1]'],
  ...['::ffff:0177.0.0.1', '::ffff:127.1', '::ffff:127.0.0.1%1', '::1::', '1:2', ':', '::g', '::1 ', '00000::1'],
  ...[' 127.0.0.1', '127.0.0.1 ', '127.0.0.1\t', '127.0.0.1\n', '127.0.0.1\r\n', 'localhost ', 'local host', '\u00a0'],
  ...['127.0.0.1\0', '\0', 'localhost\0', 'localhost\0.example.com', 'example.com\0', '127.0.0.1\0.example.com'],
  ...['127.0.0.1:80', 'a@127.0.0.1', 'http://127.0.0.1', '127.0.0.1/', '127.0.0.1#', '127.0.0.1?', '127.0.0.1\\', '*'],
  ...['127\u00b70\u00b70\u00b71', '\u00b9\u00b2\u00b7.0.0.1', 'localhost..', '..', '.', '', 'a..b', '.example.com'],
];

t.test('addresses in disguise are neither addresses nor names', async (t) => {
  const { proxy, code } = await setup(t, {}, {}, false);
  for (const spelling of SPELLINGS) t.equal(await code(spelling), 1, JSON.stringify(spelling));
  t.equal(proxy.streams.length, 0, 'and never get to the exit');

  // A client that does not read names as it should.
  for (const name of [...SPELLINGS, 'localhost.', 'LOCALHOST', '127.0.0.1', '127.0.0.2.', '::1', '::ffff:7f00:2']) {
    const target: Target = { host: { type: 'name', name }, port: 80 };
    const { near, far } = streamPair({ target, client: nodeId(2), exit: nodeId(7) });
    const answered = new Promise<StreamEvent>((resolve) => (near.onEvent = resolve));
    proxy.egress.accept(far);
    t.same(await answered, { type: 'refused', reason: 'not-allowed' }, JSON.stringify(name));
  }
});

t.test('nor are they told of: where a name is says the exit only of public places', async (t) => {
  const { proxy, names } = await setup(t);
  for (const [index, address] of [...NEVER, ...PRIVATE].entries()) {
    names.set(`n${index}.example`, [address]);
    const target: Target = { host: { type: 'name', name: `n${index}.example` }, port: 0 };
    const { near, far } = streamPair({ target, client: nodeId(2), exit: nodeId(7) });
    const answered = new Promise<StreamEvent>((resolve) => (near.onEvent = resolve));
    proxy.egress.accept(far);
    t.same(await answered, { type: 'refused', reason: 'not-allowed' }, address);
  }
});

t.test('an owner who allows private addresses allows no more than that', async (t) => {
  const world = await setup(t, { allowPrivate: true });
  const { names, code } = world;
  names.set('lan.example', ['127.0.0.1']);
  for (const host of ['127.0.0.1', '::ffff:127.0.0.1', 'lan.example', 'localhost', 'printer.localhost'])
    t.equal(await greeting(world, host), '0 hello', host);
  for (const [index, address] of NEVER.entries()) {
    t.equal(await code(address), 2, address);
    names.set(`n${index}.example`, [address]);
    t.equal(await code(`n${index}.example`), 2, `a name for ${address}`);
  }
  for (const address of ['127.0.0.1', '127.0.0.9', '::1', '10.0.0.7', '2a00::7', '203.0.114.9', '::ffff:10.0.0.7'])
    t.equal(await code(address, OWN_PORT), 2, `${address} ${OWN_PORT}`);
  for (const host of ['localhost', 'lan.example']) t.equal(await code(host, OWN_PORT), 2, host);
  t.equal(await code('127.0.0.1', 25), 2, 'mail');
});
