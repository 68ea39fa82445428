import t from 'tap';
import { enlargeBuffers, openSocket } from '../../../transports/udp/open-socket.ts';
import { hasLoopbackV6 } from '../../fixtures/loopback-v6.ts';

for (const host of hasLoopbackV6() ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
  t.test(`binds and connects to ${host} within the call`, async (t) => {
    const socket = openSocket(host);
    socket.socket.connect(9, host);
    t.equal(socket.socket.remoteAddress().address, host, 'no look-up came between');
    const before = socket.getRecvBufferSize();
    enlargeBuffers(socket);
    t.ok(socket.getRecvBufferSize() >= before);
    await socket.close();
  });
}

t.test('a socket that can not be enlarged is used as it is', async (t) => {
  const socket = openSocket('127.0.0.1');
  t.throws(() => socket.setRecvBufferSize(1_000), 'not bound yet');
  t.doesNotThrow(() => enlargeBuffers(socket));
  await socket.close();
});

t.test('a name is not looked up', async (t) => {
  const socket = openSocket('localhost');
  await t.rejects(socket.bind({ address: 'localhost', port: 0 }), { code: 'EINVAL' });
  await socket.close();
});
