import t from 'tap';
import { loadSocketOptions } from '../../../node/socket-options/load-socket-options.ts';
import type { Endpoint } from '../../../config/endpoint.ts';
import type { Link, Transport } from '../../../transports/transport.ts';
import { createUdpTransport } from '../../../transports/udp/udp-transport.ts';
import { LinkRecorder } from '../../fixtures/link-recorder.ts';
import { hasLoopbackV6 } from '../../fixtures/loopback-v6.ts';
import { openRawUdp } from '../../fixtures/raw-peer.ts';
import { openBench, openPair, sendMessage, testContext } from '../../fixtures/transport-bench.ts';
import { transportContract } from '../../fixtures/transport-contract.ts';
import { makeMessage, sequenceOf } from '../../fixtures/transport-message.ts';

const HERE: Endpoint = { transport: 'udp', host: '127.0.0.1', port: 0 };
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

/** A link, and what comes by it. */
function dialTo(transport: Transport, to: Endpoint): { readonly link: Link; readonly recorder: LinkRecorder } {
  const recorder = new LinkRecorder();
  return { link: transport.dial(to, recorder), recorder };
}

t.test('dialled links leave from one port, a second one to the same remote from another', async (t) => {
  const transport = createUdpTransport(testContext());
  const [a, b] = [await transport.listen(HERE, new LinkRecorder()), await transport.listen(HERE, new LinkRecorder())];
  const { link: first } = dialTo(transport, a.endpoint);
  const { link: second } = dialTo(transport, b.endpoint);
  const { link: again } = dialTo(transport, a.endpoint);
  t.ok(first.localPort !== null && first.localPort !== undefined);
  t.equal(second.localPort, first.localPort);
  t.not(again.localPort, first.localPort);
  for (const link of [first, second, again]) link.close();
  await Promise.all([a.close(), b.close()]);
});

t.test('a link beside another leaves from its port, and whoever sends there is heard', async (t) => {
  const transport = createUdpTransport(testContext());
  const servers = [new LinkRecorder(), new LinkRecorder(), new LinkRecorder()] as const;
  const listeners = await Promise.all(servers.map((server) => transport.listen(HERE, server)));
  const { link: first, recorder } = dialTo(transport, listeners[0]!.endpoint);
  const ear = new LinkRecorder();
  const beside = transport.dial(listeners[1]!.endpoint, ear, first);
  t.equal(beside.localPort, first.localPort);
  sendMessage(first, 1, 100);
  sendMessage(beside, 2, 100);
  await Promise.all([
    servers[0].until(() => servers[0].messages.length > 0),
    servers[1].until(() => servers[1].messages.length > 0),
  ]);
  t.equal(servers[0].messages[0]!.link.remote, servers[1].messages[0]!.link.remote, 'the port is the same outside');
  // The answers find their links.
  sendMessage(servers[0].messages[0]!.link, 3, 100);
  sendMessage(servers[1].messages[0]!.link, 4, 100);
  await Promise.all([recorder.until(() => recorder.messages.length > 0), ear.until(() => ear.messages.length > 0)]);
  t.equal(sequenceOf(recorder.messages[0]!.message), 3);
  t.equal(ear.messages[0]!.link, beside);
  // Somebody else, whom nobody has dialled: from a listener, beside one of its links.
  const port = Number(servers[0].messages[0]!.link.remote.split(':').at(-1));
  servers[0].messages[0]!.link.keep();
  const reached = transport.dial({ ...HERE, port }, servers[0], servers[0].messages[0]!.link);
  t.equal(reached, servers[0].messages[0]!.link, 'the one that is there');
  const stranger = dialTo(createUdpTransport(testContext()), { ...HERE, port });
  sendMessage(stranger.link, 5, 100);
  await ear.until(() => ear.messages.length > 1);
  t.equal(sequenceOf(ear.messages[1]!.message), 5);
  t.equal(transport.dial(listeners[1]!.endpoint, ear, first), beside, 'one for each remote');
  // A link that nobody kept closes long after the ear that it came by.
  beside.close();
  const later = transport.dial(listeners[1]!.endpoint, ear, first);
  t.equal(later.localPort, first.localPort);
  t.not(later, beside);
  ear.messages[1]!.link.close();
  t.equal(transport.dial(listeners[1]!.endpoint, ear, first), later, 'and takes no newer one away');
  for (const link of [first, later, stranger.link]) link.close();
  await Promise.all(listeners.map((listener) => listener.close()));
});
