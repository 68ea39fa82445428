import t from 'tap';
import { loadSocketOptions } from '../../../node/socket-options/load-socket-options.ts';
import { createUdpTransport } from '../../../transports/udp/udp-transport.ts';
import { hasLoopbackV6 } from '../../fixtures/loopback-v6.ts';
import { openRawUdp } from '../../fixtures/raw-peer.ts';
import { openBench, openPair, sendMessage, testContext } from '../../fixtures/transport-bench.ts';
import { transportContract } from '../../fixtures/transport-contract.ts';
import { makeMessage, sequenceOf } from '../../fixtures/transport-message.ts';

const options = await loadSocketOptions();
if (options === null) t.comment('no socket options on this machine: the contract is checked without them only');

for (const host of hasLoopbackV6() ? ['127.0.0.1', '::1'] : ['127.0.0.1']) {
  transportContract(t, {
    name: `udp on ${host}`,
    create: createUdpTransport,
    endpoint: { transport: 'udp', host, port: 0 },
    openStranger: openRawUdp,
  });
  if (options === null) continue;
  transportContract(t, {
    name: `udp on ${host} with socket options`,
    create: (context) => createUdpTransport({ ...context, socketOptions: options }),
    endpoint: { transport: 'udp', host, port: 0 },
    openStranger: openRawUdp,
  });
}

t.test('a batch crosses both ways with socket options, and more than one call takes', async (t) => {
  if (options === null) return t.comment('no socket options on this machine');
  const transport = createUdpTransport(testContext({ socketOptions: options }));
  const bench = await openBench(transport, { transport: 'udp', host: '127.0.0.1', port: 0 });
  const { dialled, accepted } = await openPair(bench);
  t.strictSame([dialled.maxMessageBytes, dialled.maxProbeBytes, accepted.maxProbeBytes], [1_232, 1_472, 1_472]);
  for (const [link, recorder] of [
    [dialled, bench.server],
    [accepted, bench.client],
  ] as const) {
    const before = recorder.messages.length;
    const lengths = [...Array<number>(99).fill(600), 77];
    const bytes = 99 * 600 + 77;
    const buffer = link.takeBuffer(bytes);
    for (const [sequence, length] of lengths.entries()) buffer.set(makeMessage(sequence, length), sequence * 600);
    link.send(buffer, bytes, 600);
    await recorder.until(() => recorder.messages.length === before + 100);
    const arrived = recorder.messages.slice(before).map(({ message }) => [sequenceOf(message), message.length]);
    t.strictSame(arrived, [...lengths.entries()]);
  }
  await bench.close();
});

t.test('a message too large for its way is lost alone, with socket options', async (t) => {
  if (options === null) return t.comment('no socket options on this machine');
  const transport = createUdpTransport(testContext({ socketOptions: options }));
  const bench = await openBench(transport, { transport: 'udp', host: '127.0.0.1', port: 0 });
  const { dialled } = await openPair(bench);
  dialled.send(dialled.takeBuffer(65_600), 65_600, 65_600);
  sendMessage(dialled, 2, 100);
  await bench.server.until(() => bench.server.messages.length === 2);
  t.equal(sequenceOf(bench.server.messages[1]!.message), 2);
  t.equal(bench.client.failures.length, 0);
  await bench.close();
});
