import t from 'tap';
import type { Link } from '../../../transports/transport.ts';
import { listenUdp } from '../../../transports/udp/udp-listener.ts';
import { createUdpTransport } from '../../../transports/udp/udp-transport.ts';
import { hasLoopbackV6 } from '../../fixtures/loopback-v6.ts';
import { LinkRecorder } from '../../fixtures/link-recorder.ts';
import { openRawUdp } from '../../fixtures/raw-peer.ts';
import { openBench, sendMessage, testContext } from '../../fixtures/transport-bench.ts';
import type { TransportBench } from '../../fixtures/transport-bench.ts';
import { makeMessage, sequenceOf } from '../../fixtures/transport-message.ts';

const endpoint = { transport: 'udp', host: '127.0.0.1', port: 0 } as const;

function openUdp(server: LinkRecorder): Promise<TransportBench> {
  return openBench(createUdpTransport(testContext()), endpoint, server);
}

/** Sends a message and returns the listener's link that it came by. */
async function linkOfNext(bench: TransportBench, dialled: Link): Promise<Link> {
  const before = bench.server.messages.length;
  sendMessage(dialled, before, 100);
  await bench.server.until(() => bench.server.messages.length > before);
  return bench.server.messages[before]!.link;
}

t.test('a link that nobody keeps is forgotten at once, and can be answered all the same', async (t) => {
  const bench = await openUdp(new LinkRecorder());
  const dialled = bench.dial();
  const first = await linkOfNext(bench, dialled);
  const second = await linkOfNext(bench, dialled);
  t.not(first, second);
  t.equal(first.remote, second.remote);
  sendMessage(first, 7, 100);
  await bench.client.until(() => bench.client.messages.length > 0);
  t.equal(sequenceOf(bench.client.messages[0]!.message), 7);
  await bench.close();
  t.equal(bench.server.failures.length, 0);
});

t.test('a kept link is forgotten when it is closed', async (t) => {
  const bench = await openUdp(new LinkRecorder());
  const dialled = bench.dial();
  const first = await linkOfNext(bench, dialled);
  first.keep();
  t.equal(await linkOfNext(bench, dialled), first);
  first.close();
  t.not(await linkOfNext(bench, dialled), first);
  t.equal(bench.server.failures.length, 0);
  await bench.close();
});

t.test('of two links with one address the one kept last stays', async (t) => {
  const bench = await openUdp(new LinkRecorder());
  const dialled = bench.dial();
  const first = await linkOfNext(bench, dialled);
  const second = await linkOfNext(bench, dialled);
  first.keep();
  second.keep();
  t.strictSame(
    bench.server.failures.map(({ link, failure }) => [link === first, failure.code]),
    [[true, 'ended']],
  );
  first.close();
  t.equal(await linkOfNext(bench, dialled), second);
  await bench.close();
});

t.test('what a kept peer sends is passed on unseen: the mesh looks at all of it anyway', async (t) => {
  let runs = 0;
  const server = new LinkRecorder((link) => link.keep());
  const received = server.received.bind(server);
  server.received = (link, bytes) => {
    runs += 1;
    if (bytes.length >= 64) received(link, bytes);
  };
  const bench = await openUdp(server);
  const peer = await openRawUdp(bench.listener.endpoint);
  await peer.send(makeMessage(1, 100).subarray(0, 99));
  await peer.send(makeMessage(2, 100));
  await peer.send(Uint8Array.of(1, 2, 3));
  await peer.send(makeMessage(3, 100));
  await server.until(() => server.messages.length === 2);
  t.equal(runs, 3, 'a cut message of a stranger was not');
  await peer.close();
  await bench.close();
});

t.test('the least recently heard of too many kept links goes', async (t) => {
  const server = new LinkRecorder((link) => link.keep());
  const listener = await listenUdp(endpoint, testContext(), server, 2);
  const transport = createUdpTransport(testContext());
  const client = new LinkRecorder();
  const dialled = [0, 1, 2].map(() => transport.dial(listener.endpoint, client));
  for (const [index, from] of [0, 1, 0, 2].entries()) {
    sendMessage(dialled[from]!, index, 100);
    await server.until(() => server.messages.length > index);
  }
  const [first, second, again, third] = server.messages.map(({ link }) => link);
  t.equal(again, first);
  t.strictSame(
    server.failures.map(({ link, failure }) => [link === second, failure.code]),
    [[true, 'failed']],
  );
  t.strictSame([first!.writable, second!.writable, third!.writable], [true, false, true]);
  for (const link of dialled) link.close();
  await listener.close();
});

t.test('a listener on all IPv6 addresses answers IPv4 too', { skip: !hasLoopbackV6() }, async (t) => {
  const server = new LinkRecorder((link) => sendMessage(link, 5, 100));
  const transport = createUdpTransport(testContext());
  const listener = await transport.listen({ ...endpoint, host: '::' }, server);
  const client = new LinkRecorder();
  const dialled = transport.dial({ ...endpoint, port: listener.endpoint.port }, client);
  sendMessage(dialled, 1, 100);
  await client.until(() => client.messages.length > 0);
  t.match(server.messages[0]!.link.remote, /^udp:\/\/127\.0\.0\.1:\d+$/);
  dialled.close();
  await listener.close();
});
