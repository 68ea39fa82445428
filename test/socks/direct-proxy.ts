import type { Socket } from 'node:net';
import t from 'tap';
import { DirectDialer } from '../../socks/direct/direct-dialer.ts';
import { addressBytes, addressText } from '../../socks/host-text.ts';
import type { Route } from '../../socks/route.ts';
import { exitView } from './fixtures/node-view.ts';
import { startProxy, type ProxyOptions } from './fixtures/proxy.ts';
import { BLOCKED, directly, viaExit } from './fixtures/routes.ts';
import { realScheduler, settled } from './fixtures/schedulers.ts';
import { closeCode, closedPort, digestUntilEnd, listen, pattern, sha256, textUntilEnd } from './fixtures/sockets.ts';
import { socksConnect } from './fixtures/socks-client.ts';

// Programs, this machine's own connections and sites on real sockets; the mesh is a stream in memory.

const PUBLIC = '93.184.216.34';

/** A proxy with these rules, and a site. */
async function setup(
  test: Pick<typeof t, 'teardown'>,
  serve: (socket: Socket) => void,
  route: Route = directly(),
  options: ProxyOptions = {},
) {
  const proxy = await startProxy({ route: () => route, ...options });
  const taken: Socket[] = [];
  const site = await listen((socket) => {
    taken.push(socket);
    serve(socket);
  });
  test.teardown(async () => {
    await proxy.close();
    for (const socket of taken) socket.destroy();
    site.server.close();
  });
  return { proxy, sitePort: site.port, taken };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settled();
}

t.test('an address: echo, half-close, the bound address, and no exit knows of it', async (t) => {
  const exits = [exitView(7, 'down')];
  const { proxy, sitePort, taken } = await setup(t, (socket) => socket.pipe(socket), directly(), {
    exits: () => exits,
  });
  const { socket, code, reply } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  t.equal(code, 0);
  t.equal(addressText(reply.subarray(4, 8)), '127.0.0.1');
  t.equal(reply.readUInt16BE(8), taken[0]!.remotePort, 'as the site sees it');
  t.equal(proxy.socks.connections, 1);
  t.equal(proxy.direct.streams, 1);
  socket.end('hello there');
  t.equal(await textUntilEnd(socket), 'hello there');
  await until(() => proxy.ingressOutcomes.length === 1 && proxy.direct.streams === 0);
  const totals = { bytesFromSocket: 11, bytesToSocket: 11, end: 'finished' };
  t.match(proxy.ingressOutcomes, [{ type: 'served', exit: null, totals }]);
  t.equal(proxy.streams.length, 0);
});

t.test('20 MB each way at once, unharmed', async (t) => {
  const up = pattern(20_000_000, 5);
  const down = pattern(20_000_000, 6);
  const received: Promise<{ hex: string; bytes: number }>[] = [];
  const { proxy, sitePort } = await setup(t, (socket) => {
    received.push(digestUntilEnd(socket));
    socket.end(down);
  });
  const { socket } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  socket.end(up);
  t.same(await digestUntilEnd(socket), { hex: sha256(down), bytes: down.length });
  t.same(await Promise.all(received), [{ hex: sha256(up), bytes: up.length }]);
});

t.test('200 connections at once, and an answer after the question has ended', async (t) => {
  const { proxy, sitePort } = await setup(t, (socket) => {
    void textUntilEnd(socket).then((question) => socket.end(`you said ${question}`));
  });
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const { socket, code } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
      socket.end(`number ${index}`);
      return `${code} ${await textUntilEnd(socket)}`;
    }),
  );
  t.same(
    answers,
    Array.from({ length: 200 }, (_, index) => `0 you said number ${index}`),
  );
  await until(() => proxy.socks.connections === 0 && proxy.direct.streams === 0);
});

t.test('a site that ends first still gets what the program says', async (t) => {
  const heard: Promise<string>[] = [];
  const { proxy, sitePort } = await setup(t, (socket) => {
    heard.push(textUntilEnd(socket));
    socket.end('goodbye');
  });
  const { socket } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  t.equal(await textUntilEnd(socket), 'goodbye');
  socket.end('one more thing');
  t.same(await Promise.all(heard), ['one more thing']);
  await until(() => proxy.ingressOutcomes.length === 1);
  t.match(proxy.ingressOutcomes, [{ type: 'served', totals: { end: 'finished' } }]);
});

t.test('a site that does not read, and a program that does not: both are held up', async (t) => {
  const { proxy, sitePort, taken } = await setup(t, () => {});
  const { socket } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  let given = 0;
  while (socket.writableLength < 4_000_000 && given < 200_000_000) {
    socket.write(Buffer.alloc(1_000_000));
    given += 1_000_000;
    await settled();
  }
  t.ok(given < 200_000_000, `${given} bytes were taken from the program`);
  const [site] = taken;
  let said = 0;
  while (site!.writableLength < 4_000_000 && said < 200_000_000) {
    site!.write(Buffer.alloc(1_000_000));
    said += 1_000_000;
    await settled();
  }
  t.ok(said < 200_000_000, `${said} bytes were taken from the site`);
  socket.destroy();
});

t.test('a reset goes through, either way', async (t) => {
  const { proxy, sitePort, taken } = await setup(t, (socket) => socket.resume());
  const first = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  const seen = closeCode(first.socket);
  first.socket.resume();
  taken[0]!.resetAndDestroy();
  t.equal(await seen, 'ECONNRESET');

  const second = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  await until(() => taken.length === 2);
  const heard = closeCode(taken[1]!);
  second.socket.resetAndDestroy();
  t.equal(await heard, 'ECONNRESET');
  await until(() => proxy.direct.streams === 0);
});

t.test('what comes of failures', async (t) => {
  const ports: number[] = [];
  const { proxy, sitePort } = await setup(t, () => t.fail('connected'), directly(), {
    ownPorts: () => ports,
    lookup: (name, done) => queueMicrotask(() => done(name === 'rebound.example' ? null : 'ENOTFOUND', ['127.0.0.1'])),
  });
  ports.push(proxy.port);
  const code = async (host: string, port: number): Promise<number> => {
    const made = await socksConnect(proxy.port, host, port);
    made.socket.destroy();
    return made.code;
  };
  t.equal(await code('127.0.0.1', await closedPort()), 5, 'refused by the site');
  t.equal(await code('127.0.0.1', proxy.port), 2, 'the proxy itself');
  t.equal(await code('0.0.0.0', proxy.port), 2, 'the proxy itself in disguise');
  t.equal(await code('rebound.example', sitePort), 2, 'a name that stands for this machine');
  t.equal(await code('nosuch.example', sitePort), 4, 'no such host');
  await until(() => proxy.ingressOutcomes.length === 5);
  t.equal(proxy.socks.connections, 0);
  t.equal(proxy.direct.streams, 0);
});

t.test('a name: the exit tells the address, this machine connects to it', async (t) => {
  const asked: string[] = [];
  const dialer = new DirectDialer({ own: () => ({ addresses: [], ports: [] }), scheduler: realScheduler });
  const { proxy, sitePort } = await setup(t, (socket) => socket.end('by name'), directly(), {
    lookup: (_name, done) => queueMicrotask(() => done(null, [PUBLIC])),
    openDirectly: (address, port, source) => {
      asked.push(`${addressText(address)} by ${source}`);
      return dialer.open(addressBytes('127.0.0.1')!, port, 'program');
    },
  });
  const { socket, code } = await socksConnect(proxy.port, 'site.example', sitePort);
  t.equal(code, 0);
  t.equal(await textUntilEnd(socket), 'by name');
  socket.end();
  t.same(asked, [`${PUBLIC} by exit`]);
  await until(() => proxy.egressOutcomes.length === 1);
  t.match(proxy.egressOutcomes, [{ type: 'located', target: { port: 0 } }], 'the exit connected to nothing');
});

t.test('all exits down: names fail at once with code 3, through exits and directly', async (t) => {
  for (const route of [directly(), viaExit(), viaExit({ whenDown: 'hold' }), viaExit({ whenDown: 'fail' })]) {
    const { proxy, sitePort } = await setup(t, () => t.fail('connected'), route, {
      exits: () => [exitView(7, 'down'), exitView(8, 'down')],
      lookup: () => t.fail('looked up'),
    });
    const { socket, code } = await socksConnect(proxy.port, 'localhost', sitePort);
    t.equal(code, 3);
    socket.destroy();
  }
});

t.test('blocked by its address after the exit connected: the site sees a reset and not a byte', async (t) => {
  let bytes = 0;
  const ends: Promise<string>[] = [];
  const serve = (socket: Socket): void => {
    ends.push(closeCode(socket));
    socket.on('data', (piece) => (bytes += piece.length));
  };
  const { proxy, sitePort } = await setup(
    t,
    serve,
    viaExit({}, () => BLOCKED),
  );
  const { socket, code } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  t.equal(code, 2);
  socket.write('too late');
  await until(() => ends.length === 1);
  t.same(await Promise.all(ends), ['ECONNRESET']);
  t.equal(bytes, 0);
  socket.destroy();
});

t.test('closing the proxy cuts direct connections off', async (t) => {
  const { proxy, sitePort, taken } = await setup(t, (socket) => socket.resume());
  const { socket } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  await until(() => taken.length === 1);
  const [program, site] = [closeCode(socket), closeCode(taken[0]!)];
  socket.resume();
  await proxy.close();
  t.same(await Promise.all([program, site]), ['ECONNRESET', 'ECONNRESET']);
  await until(() => proxy.direct.streams === 0);
});
