import t from 'tap';
import { loadSocketOptions } from '../../../node/socket-options/load-socket-options.ts';
import { createTcpTransport } from '../../../transports/tcp/tcp-transport.ts';
import { FakeSocketOptions } from '../../fixtures/fake-socket-options.ts';
import { hasLoopbackV6 } from '../../fixtures/loopback-v6.ts';
import { openRawTcp } from '../../fixtures/raw-peer.ts';
import { openBench, openPair, testContext } from '../../fixtures/transport-bench.ts';
import { transportContract } from '../../fixtures/transport-contract.ts';

const options = await loadSocketOptions();
if (options === null) t.comment('no socket options on this machine: the contract is checked without them only');

for (const host of hasLoopbackV6() ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
  transportContract(t, {
    name: `tcp on ${host}`,
    create: createTcpTransport,
    endpoint: { transport: 'tcp', host, port: 0 },
    openStranger: openRawTcp,
  });
  if (options === null) continue;
  transportContract(t, {
    name: `tcp on ${host} with socket options`,
    create: (context) => createTcpTransport({ ...context, socketOptions: options }),
    endpoint: { transport: 'tcp', host, port: 0 },
    openStranger: openRawTcp,
  });
}

t.test('both ends of a connection are tuned, once they are connected', async (t) => {
  const socketOptions = new FakeSocketOptions();
  const transport = createTcpTransport(testContext({ socketOptions }));
  const bench = await openBench(transport, { transport: 'tcp', host: '127.0.0.1', port: 0 });
  await openPair(bench);
  t.equal(socketOptions.tuned.length, 2);
  t.ok(socketOptions.tuned.every(({ connecting, remotePort }) => !connecting && remotePort !== undefined));
  await bench.close();
});
