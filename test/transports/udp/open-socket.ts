import t from 'tap';
import { loadSocketOptions } from '../../../node/socket-options/load-socket-options.ts';
import { bindSocket, connectSocket, openSocket } from '../../../transports/udp/open-socket.ts';
import { FakeSocketOptions } from '../../fixtures/fake-socket-options.ts';
import { hasLoopbackV6 } from '../../fixtures/loopback-v6.ts';

for (const host of hasLoopbackV6() ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
  t.test(`binds and connects to ${host} within the call`, async (t) => {
    const socket = openSocket(host);
    t.equal(connectSocket(socket, { transport: 'udp', host, port: 9 }, null), null);
    t.equal(socket.socket.remoteAddress().address, host, 'no look-up came between');
    await socket.close();
  });

  t.test(`a descriptor of the system's options serves ${host}`, async (t) => {
    const options = await loadSocketOptions();
    if (options === null) return t.comment('no socket options on this machine');
    const [bound, connected] = [openSocket(host), openSocket(host)];
    const { port, batches } = await bindSocket(bound, { transport: 'udp', host, port: 0 }, options);
    t.ok(port > 0);
    t.not(batches, null);
    t.not(connectSocket(connected, { transport: 'udp', host, port }, options), null);
    t.equal(connected.socket.remoteAddress().port, port);
    const taken = openSocket(host);
    await t.rejects(bindSocket(taken, { transport: 'udp', host, port }, options), { code: 'EADDRINUSE' });
    await Promise.all([bound.close(), connected.close(), taken.close()]);
  });
}

t.test('options that fail leave connecting to the socket itself', async (t) => {
  const socket = openSocket('127.0.0.1');
  const options = new FakeSocketOptions();
  options.openFails = Object.assign(new Error(), { code: 'EMFILE' });
  const endpoint = { transport: 'udp', host: '127.0.0.1', port: 9 } as const;
  t.equal(connectSocket(socket, endpoint, options), null);
  t.equal(socket.socket.remoteAddress().port, 9);
  await socket.close();
});

t.test('a name is not looked up', async (t) => {
  const socket = openSocket('localhost');
  await t.rejects(socket.bind({ address: 'localhost', port: 0 }), { code: 'EINVAL' });
  await socket.close();
});
