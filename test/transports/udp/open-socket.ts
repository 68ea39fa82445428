import { isIPv6 } from 'node:net';
import t from 'tap';
import { loadSocketOptions } from '../../../node/socket-options/load-socket-options.ts';
import { bindSocket, connectSocket, openDiallingSocket, openSocket } from '../../../transports/udp/open-socket.ts';
import { FakeSocketOptions } from '../../fixtures/fake-socket-options.ts';
import { hasLoopbackV6 } from '../../fixtures/loopback-v6.ts';

const options = await loadSocketOptions();

for (const host of hasLoopbackV6() ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
  for (const system of options === null ? [null] : [null, options]) {
    const how = `${host} ${system === null ? 'without' : 'with'} the system's options`;
    t.test(`binds and connects within the call: ${how}`, async (t) => {
      const { socket, port, batches } = openDiallingSocket(host, 0, system);
      t.ok(port !== null && port > 0);
      t.equal(batches === null, system === null);
      connectSocket(socket, { transport: 'udp', host, port: 9 });
      t.equal(socket.socket.remoteAddress().address, host, 'no look-up came between');
      await socket.close();
    });

    t.test(`dialling sockets share a port, and each hears its own peer: ${how}`, async (t) => {
      const peers = [openSocket(host), openSocket(host)] as const;
      for (const peer of peers) await bindSocket(peer, { transport: 'udp', host, port: 0 }, system);
      const first = openDiallingSocket(host, 0, system);
      const second = openDiallingSocket(host, first.port!, system);
      t.equal(second.port, first.port);
      const heard: string[] = [];
      const both = new Promise<void>((resolve) => {
        for (const [index, { socket }] of [first, second].entries()) {
          connectSocket(socket, { transport: 'udp', host, port: peers[index]!.address().port });
          socket.socket.on('message', (bytes: Uint8Array) => {
            heard.push(`${index} ${Buffer.from(bytes).toString()}`);
            if (heard.length === 2) resolve();
          });
        }
      });
      peers[0].socket.send('a', first.port!, host);
      peers[1].socket.send('b', first.port!, host);
      await both;
      t.same(heard.toSorted(), ['0 a', '1 b']);
      await Promise.all([...peers, first.socket, second.socket].map((socket) => socket.close()));
    });

    t.test(`a port that somebody has alone is not shared: ${how}`, async (t) => {
      if (system !== null) return t.comment('libuv lets others have the port of a socket that it is handed');
      const bound = openSocket(host);
      const { port } = await bindSocket(
        bound,
        { transport: 'udp', host: isIPv6(host) ? '::' : '0.0.0.0', port: 0 },
        system,
      );
      const dialling = openDiallingSocket(host, port, system);
      t.not(dialling.port, port, 'another one is taken');
      const taken = openSocket(host);
      await t.rejects(bindSocket(taken, { transport: 'udp', host, port }, system), { code: 'EADDRINUSE' });
      await Promise.all([bound.close(), dialling.socket.close(), taken.close()]);
    });
  }
}

t.test('options that fail leave connecting to the socket itself', async (t) => {
  const failing = new FakeSocketOptions();
  failing.openFails = Object.assign(new Error(), { code: 'EMFILE' });
  for (const wanted of [0, 4_000]) {
    const { socket, port, batches } = openDiallingSocket('127.0.0.1', wanted, failing);
    t.equal(port, null);
    t.equal(batches, null);
    connectSocket(socket, { transport: 'udp', host: '127.0.0.1', port: 9 });
    t.equal(socket.socket.remoteAddress().port, 9);
    await socket.close();
  }
});

t.test('a name is not looked up', async (t) => {
  const socket = openSocket('localhost');
  await t.rejects(socket.bind({ address: 'localhost', port: 0 }), { code: 'EINVAL' });
  await socket.close();
});
