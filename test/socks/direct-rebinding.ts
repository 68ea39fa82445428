import type { Socket } from 'node:net';
import t from 'tap';
import { DirectDialer } from '../../socks/direct/direct-dialer.ts';
import { addressBytes, addressText } from '../../socks/host-text.ts';
import { startProxy, type Proxy, type ProxyOptions } from './fixtures/proxy.ts';
import { directly } from './fixtures/routes.ts';
import { realScheduler } from './fixtures/schedulers.ts';
import { listen, textUntilEnd } from './fixtures/sockets.ts';
import { socksConnect } from './fixtures/socks-client.ts';

// Names that go out directly, with an exit that tells whatever the name's owner likes: it checks nothing here. PUBLIC is
// played by a site on 127.0.0.1; every other address is what it is.

const PUBLIC = '93.184.216.34';
const OWN_PUBLIC = '203.0.114.9';

interface World {
  readonly proxy: Proxy;
  readonly sitePort: number;
  readonly names: Map<string, readonly string[]>;
  readonly lookedUp: string[];
  readonly connect: (host: string, port?: number) => Promise<string>;
}

async function setup(test: Pick<typeof t, 'teardown'>, more: ProxyOptions = {}): Promise<World> {
  const names = new Map<string, readonly string[]>();
  const lookedUp: string[] = [];
  const site = await listen((socket) => {
    taken.push(socket);
    socket.end('hello');
  });
  const taken: Socket[] = [];
  const internet = new DirectDialer({ own: () => ({ addresses: [], ports: [] }), scheduler: realScheduler });
  const proxy: Proxy = await startProxy({
    route: () => directly(),
    check: () => null,
    lookup: (name, done) => {
      lookedUp.push(name);
      queueMicrotask(() => done(null, names.get(name) ?? []));
    },
    ownAddresses: [OWN_PUBLIC],
    ownPorts: () => [1080],
    openDirectly: (address, port, source) =>
      addressText(address) === PUBLIC
        ? internet.open(addressBytes('127.0.0.1')!, port, 'program')
        : proxy.direct.open(address, port, source),
    ...more,
  });
  test.teardown(async () => {
    internet.close();
    await proxy.close();
    for (const socket of taken) socket.destroy();
    site.server.close();
  });
  const connect = async (host: string, port = site.port): Promise<string> => {
    const { socket, code } = await socksConnect(proxy.port, host, port);
    if (code !== 0) {
      socket.destroy();
      return String(code);
    }
    const text = await textUntilEnd(socket);
    socket.end();
    return `${code} ${text}`;
  };
  return { proxy, sitePort: site.port, names, lookedUp, connect };
}

t.test('a name for any place but a public one, or for this machine: code 2', async (t) => {
  const { names, connect, lookedUp } = await setup(t);
  const addresses = [
    ...[
      '127.0.0.1',
      '127.0.0.2',
      '::1',
      '0.0.0.0',
      '0.1.2.3',
      '::',
      '10.0.0.1',
      '192.168.1.1',
      '172.16.0.1',
      'fd12::1',
    ],
    ...['100.64.0.1', '169.254.1.1', '169.254.169.254', 'fd00:ec2::254', 'fe80::1', '224.0.0.1', 'ff02::1'],
    ...['255.255.255.255', '240.0.0.1', '192.0.2.1', '2001:db8::1', '::127.0.0.1', OWN_PUBLIC],
    ...[
      '::ffff:192.168.1.1',
      '64:ff9b::192.168.1.1',
      '64:ff9b:1::8.8.8.8',
      '2002:c0a8:101::1',
      '2a00::5efe:192.168.1.1',
    ],
    ...['2001:0:c0a8:101::f7f7:f7f7', '2001:0:808:808::3f57:fefe', '64:ff9b::203.0.114.9', `::ffff:${OWN_PUBLIC}`],
  ];
  for (const [index, address] of addresses.entries()) {
    names.set(`n${index}.example`, [address]);
    t.equal(await connect(`n${index}.example`), '2', address);
  }
  t.equal(lookedUp.length, addresses.length);
  for (const host of ['localhost', 'app.localhost']) t.equal(await connect(host), '2', host);
  t.equal(lookedUp.length, addresses.length, 'which need no name server');
});

t.test('a name that is public at first and private later', async (t) => {
  let aheadMs = 0;
  const scheduler = { ...realScheduler, nowMs: () => realScheduler.nowMs() + aheadMs };
  const { names, connect, lookedUp } = await setup(t, { scheduler });
  names.set('rebind.example', [PUBLIC]);
  t.equal(await connect('rebind.example'), '0 hello');
  names.set('rebind.example', ['127.0.0.1']);
  t.equal(await connect('rebind.example'), '0 hello', 'the answer is still good, and so is its address');
  t.equal(lookedUp.length, 1);
  aheadMs = 30_001;
  t.equal(await connect('rebind.example'), '2');
  names.set('other.example', ['192.168.1.1', PUBLIC]);
  t.equal(await connect('other.example'), '2', 'private and public in one answer, of which the exit tells one');
});

t.test("what a program asks for by address is its user's wish, but for this process", async (t) => {
  const { connect, lookedUp } = await setup(t);
  for (const host of ['127.0.0.1', '::ffff:127.0.0.1', '127.0.0.1.']) t.equal(await connect(host), '0 hello', host);
  const own = ['127.0.0.1', '127.0.0.2', '::1', '::', OWN_PUBLIC, `::ffff:${OWN_PUBLIC}`, '2002:7f00:1::1'];
  for (const host of own) t.equal(await connect(host, 1080), '2', `${host} 1080`);
  for (const host of ['0177.0.0.1', '2130706433', '127.1', '::1%lo', '127.0.0.1\0']) {
    t.equal(await connect(host), '1', JSON.stringify(host));
  }
  t.same(lookedUp, []);
});
