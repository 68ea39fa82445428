import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import t from 'tap';
import { DialledUdpLink } from '../../../transports/udp/dialled-udp-link.ts';
import { LinkRecorder } from '../../fixtures/link-recorder.ts';
import { sendMessage, testContext } from '../../fixtures/transport-bench.ts';
import { makeMessage, sequenceOf } from '../../fixtures/transport-message.ts';

const host = '127.0.0.1';

t.test('hears nobody but the one it dialled', async (t) => {
  const [peer, stranger] = [createSocket('udp4'), createSocket('udp4')];
  peer.bind(0, host);
  await once(peer, 'listening');
  const recorder = new LinkRecorder();
  const link = new DialledUdpLink({ transport: 'udp', host, port: peer.address().port }, testContext(), recorder);
  t.ok(link.writable, 'at once');
  sendMessage(link, 1, 100);
  const [message, from] = await new Promise<[Buffer, { port: number }]>((resolve) =>
    peer.once('message', (bytes, info) => resolve([bytes, info])),
  );
  t.equal(sequenceOf(message), 1);
  await new Promise((resolve) => stranger.send(makeMessage(2, 100), from.port, host, resolve));
  await new Promise((resolve) => peer.send(makeMessage(3, 100), from.port, host, resolve));
  await recorder.until(() => recorder.messages.length > 0);
  t.strictSame(
    recorder.messages.map(({ message }) => sequenceOf(message)),
    [3],
  );
  link.keep();
  link.close();
  peer.close();
  stranger.close();
});

t.test('a datagram too large for the carrier is a loss, not the end', async (t) => {
  const peer = createSocket('udp4');
  peer.bind(0, host);
  await once(peer, 'listening');
  const recorder = new LinkRecorder();
  const link = new DialledUdpLink({ transport: 'udp', host, port: peer.address().port }, testContext(), recorder);
  const arrived = once(peer, 'message');
  link.send(link.takeBuffer(65_600), 65_600, 65_600);
  sendMessage(link, 2, 100);
  t.equal(sequenceOf((await arrived)[0]), 2);
  t.equal(recorder.failures.length, 0);
  link.close();
  peer.close();
});

t.test('an address that can not be connected to closes the link, after the caller has it', async (t) => {
  const recorder = new LinkRecorder();
  // A socket needs permission to send to all (SO_BROADCAST), which this one does not have.
  const endpoint = { transport: 'udp', host: '255.255.255.255', port: 9 } as const;
  const link = new DialledUdpLink(endpoint, testContext(), recorder);
  sendMessage(link, 1, 100);
  t.equal(recorder.events, 0);
  await recorder.until(() => recorder.failures.length > 0);
  t.equal(recorder.failures[0]!.link, link);
  t.notOk(link.writable);
  await nextTurn();
  t.equal(recorder.events, 1, 'once');
});
