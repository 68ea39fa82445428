import { once } from 'node:events';
import type { Socket } from 'node:net';
import t from 'tap';
import { SocksServer } from '../../../socks/ingress/socks-server.ts';
import { startProxy } from '../fixtures/proxy.ts';
import type { ProxyOptions } from '../fixtures/proxy.ts';
import { realScheduler, settled } from '../fixtures/schedulers.ts';
import {
  SocketReader,
  closeCode,
  closedPort,
  digestUntilEnd,
  listen,
  pattern,
  sha256,
  textUntilEnd,
} from '../fixtures/sockets.ts';
import { dialProxy, socksConnect, socksRequest } from '../fixtures/socks-client.ts';

/** A proxy and a site, both closed after the test. */
async function setup(t: Tap, serve: Parameters<typeof listen>[0], options: ProxyOptions = {}) {
  const proxy = await startProxy(options);
  const site = await listen(serve);
  t.teardown(async () => {
    await proxy.close();
    site.server.close();
  });
  return { proxy, sitePort: site.port };
}

type Tap = Pick<typeof t, 'teardown'>;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settled();
}

t.test('echo, and the half-close that ends it', async (t) => {
  const { proxy, sitePort } = await setup(t, (socket) => socket.pipe(socket));
  const { socket, code } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  t.equal(code, 0);
  socket.end('hello there');
  t.equal(await textUntilEnd(socket), 'hello there');
  await until(() => proxy.ingressOutcomes.length === 1 && proxy.egressOutcomes.length === 1);
  const totals = { bytesFromSocket: 11, bytesToSocket: 11, end: 'finished' };
  t.match(proxy.ingressOutcomes, [{ type: 'served', exit: 7, totals }]);
  t.match(proxy.egressOutcomes, [{ type: 'served', client: 1, totals }]);
  t.equal(proxy.socks.connections, 0);
  t.equal(proxy.egress.streams, 0);
});

t.test('a name that the exit resolves', async (t) => {
  const { proxy, sitePort } = await setup(t, (socket) => socket.end('by name'), {
    lookup: (name, done) => queueMicrotask(() => done(null, name === 'site.example' ? ['127.0.0.1'] : [])),
  });
  const { socket, code } = await socksConnect(proxy.port, 'Site.Example.', sitePort);
  t.equal(code, 0);
  t.equal(await textUntilEnd(socket), 'by name');
  socket.end();
});

t.test('the server speaks first', async (t) => {
  const { proxy, sitePort } = await setup(t, (socket) => socket.write('220 hello\r\n'));
  const { socket, reader, code } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  t.equal(code, 0);
  t.equal((await reader.exactly(11)).toString(), '220 hello\r\n');
  socket.destroy();
});

t.test('an answer that comes after the question has ended', async (t) => {
  const { proxy, sitePort } = await setup(t, (socket) => {
    textUntilEnd(socket).then((question) => socket.end(`you said ${question}`));
  });
  const { socket } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  socket.end('something');
  t.equal(await textUntilEnd(socket), 'you said something');
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
  for (const stream of [proxy.streams[0]!.near, proxy.streams[0]!.far]) {
    // A socket is read in pieces of up to 256 KB.
    t.ok(stream.peakBufferedBytes <= stream.highWaterBytes + 262_144, `queued ${stream.peakBufferedBytes}`);
  }
});

t.test('200 connections at once', async (t) => {
  const { proxy, sitePort } = await setup(t, (socket) => socket.pipe(socket));
  const answers = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const { socket, code } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
      socket.end(`number ${index}`);
      return `${code} ${await textUntilEnd(socket)}`;
    }),
  );
  t.same(
    answers,
    Array.from({ length: 200 }, (_, index) => `0 number ${index}`),
  );
  await until(() => proxy.socks.connections === 0 && proxy.egress.streams === 0);
  t.equal(proxy.ingressOutcomes.length, 200);
});

t.test('a site that resets is seen to', async (t) => {
  const { proxy, sitePort } = await setup(t, (socket) => socket.once('data', () => socket.resetAndDestroy()));
  const { socket } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  const code = closeCode(socket);
  socket.resume();
  socket.write('x');
  t.equal(await code, 'ECONNRESET');
});

t.test('a program that resets is seen to', async (t) => {
  const codes: Promise<string>[] = [];
  const { proxy, sitePort } = await setup(t, (socket) => {
    codes.push(closeCode(socket));
    socket.resume();
  });
  const { socket } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  await until(() => codes.length === 1);
  socket.resetAndDestroy();
  t.same(await Promise.all(codes), ['ECONNRESET']);
});

t.test('what cannot be reached, and the code that says why', async (t) => {
  const { proxy } = await setup(t, () => {}, {
    lookup: (name, done) => queueMicrotask(() => done(name === 'busy.example' ? 'EMFILE' : 'ENOTFOUND', [])),
  });
  const table = [
    ['127.0.0.1', await closedPort(), 5],
    ['nosuch.example', 80, 4],
    ['busy.example', 80, 1],
    ['127.0.0.1', 25, 2],
    ['169.254.169.254', 80, 2],
    ['0.0.0.0', 80, 2],
    ['127.1', 80, 1],
  ] as const;
  for (const [host, port, expected] of table) {
    const { socket, code } = await socksConnect(proxy.port, host, port);
    t.equal(code, expected, `${host} ${port}`);
    t.equal(await textUntilEnd(socket), '', 'and hangs up');
    socket.end();
  }
});

t.test('private addresses are refused unless allowed, by address and by name', async (t) => {
  const { proxy, sitePort } = await setup(t, () => {}, {
    allowPrivate: false,
    lookup: (_, done) => queueMicrotask(() => done(null, ['127.0.0.1', '::1'])),
  });
  for (const host of ['127.0.0.1', 'localhost', 'rebound.example']) {
    const { socket, code } = await socksConnect(proxy.port, host, sitePort);
    t.equal(code, 2, host);
    socket.destroy();
  }
});

t.test('a program that sends its request byte by byte, one segment each', async (t) => {
  const { proxy, sitePort } = await setup(t, (socket) => socket.pipe(socket));
  const socket = await dialProxy(proxy.port);
  socket.setNoDelay(true);
  const { greeting, request } = socksRequest('127.0.0.1', sitePort);
  for (const byte of [...greeting, ...request, ...Buffer.from('hi')]) {
    socket.write(Uint8Array.of(byte));
    await settled();
  }
  const reader = new SocketReader(socket);
  t.equal((await reader.exactly(12)).toString('hex', 0, 4), '05000500');
  t.equal((await reader.exactly(2)).toString(), 'hi');
  socket.destroy();
});

t.test('a program that sends everything at once, without waiting for answers', async (t) => {
  const { proxy, sitePort } = await setup(t, (socket) => socket.pipe(socket));
  const socket = await dialProxy(proxy.port);
  const { greeting, request } = socksRequest('127.0.0.1', sitePort);
  socket.end(Buffer.concat([greeting, request, Buffer.from('all at once')]));
  t.equal((await textUntilEnd(socket)).slice(12), 'all at once');
});

t.test('too many connections', async (t) => {
  const { proxy } = await setup(t, () => {}, { maxConnections: 1 });
  const first = await dialProxy(proxy.port);
  first.write(Uint8Array.of(5, 1, 0));
  await new SocketReader(first).exactly(2);
  const second = await dialProxy(proxy.port);
  second.resume();
  await once(second, 'end');
  second.destroy();
  first.destroy();
});

t.test('too many streams of one client', async (t) => {
  const { proxy, sitePort } = await setup(t, () => {}, { maxStreamsPerClient: 1 });
  const first = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  t.equal(first.code, 0);
  const second = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  t.equal(second.code, 1);
  first.socket.destroy();
  second.socket.destroy();
});

t.test('closing cuts everybody off, and may be repeated', async (t) => {
  const { proxy, sitePort } = await setup(t, (socket) => socket.resume());
  const { socket } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  const code = closeCode(socket);
  socket.resume();
  await Promise.all([proxy.socks.close(), proxy.socks.close()]);
  t.equal(await code, 'ECONNRESET');
  t.equal(proxy.socks.connections, 0);
  await until(() => proxy.egress.streams === 0);
});

t.test('what cannot be listened on', async (t) => {
  const { proxy } = await setup(t, () => {});
  const other = new SocksServer({ connect: () => () => {}, scheduler: realScheduler });
  await t.rejects(other.listen('127.0.0.1', proxy.port), { name: 'ListenError', code: 'address-in-use' });
  await t.rejects(other.listen('localhost', 0), { code: 'not-an-address' });
  await t.rejects(other.listen('192.0.2.1', 0), { code: 'address-not-available' });
  const port = await other.listen('127.0.0.1', 0);
  t.ok(port > 0, 'a failure can be followed by a success');
  await other.close();
  await other.close();
});

t.test('an early reply: the request goes along, and a site that is gone is a reset', async (t) => {
  const { proxy, sitePort } = await setup(t, (socket) => socket.end('served'), { earlyReply: true });
  const fetch = async (): Promise<Socket> => {
    const { socket, code } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
    t.equal(code, 0);
    socket.write('GET / HTTP/1.1\r\n\r\n');
    return socket;
  };
  for (let turn = 0; turn < 2; turn++) {
    const socket = await fetch();
    t.equal(await textUntilEnd(socket), 'served');
    socket.end();
  }
  proxy.streams.length = 0;
  proxy.egress.close();
  const socket = await fetch();
  t.equal(await closeCode(socket), 'ECONNRESET');
  t.equal(proxy.streams.length, 1, 'sent once');
  const { code } = await socksConnect(proxy.port, '127.0.0.1', sitePort);
  t.equal(code, 1, 'no longer early');
});

t.test('a password is checked on real connections, and the user name reaches the connector', async (t) => {
  const asked: unknown[] = [];
  const server = new SocksServer({
    password: 'hunter2',
    scheduler: realScheduler,
    connect: (_target, done, overrides) => {
      asked.push(overrides);
      queueMicrotask(() => done({ type: 'failed', reason: 'no-exit' }));
      return () => {};
    },
  });
  t.teardown(() => server.close());
  const port = await server.listen('127.0.0.1', 0);
  const { greeting, request } = socksRequest('example.com', 443);
  const say = async (bytes: Uint8Array): Promise<string> => {
    const socket = await dialProxy(port);
    socket.write(bytes);
    const answer = await textUntilEnd(socket);
    socket.end();
    return answer;
  };
  const login = (password: string): Buffer => Buffer.from(`\x05\x01\x02\x01\x0acountry=JP\x07${password}`, 'latin1');
  t.equal(await say(Buffer.concat([greeting, request])), '\x05\xff', 'without a login');
  t.equal(await say(Buffer.concat([login('hunter3'), request])), '\x05\x02\x01\x01', 'with a wrong one');
  t.same(asked, []);
  t.equal((await say(Buffer.concat([login('hunter2'), request]))).slice(0, 6), '\x05\x02\x01\0\x05\x03');
  t.strictSame(asked, [{ country: 'JP' }]);
});
