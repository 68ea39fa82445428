import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import { PacketSender } from '../../../mesh/session/packet-sender.ts';
import type { SentPacket } from '../../../mesh/session/sent-packets.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { SessionStreams } from '../../../mesh/session/session-streams.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

class Bench {
  readonly streams = new SessionStreams({ peer: parseNodeId(2)!, opensEvenStreams: true, nowMs: 0 });
  readonly carrier: RecordingCarrier;
  readonly path: SessionPath;
  readonly pongs: number[] = [];
  readonly sender: PacketSender;

  constructor(options: { reliable?: boolean } = {}) {
    this.carrier = new RecordingCarrier(options);
    this.path = new SessionPath(0, this.carrier);
    this.sender = new PacketSender(this.streams, new Map([[0, this.path]]), (token) => this.pongs.push(token));
  }

  /** Sends, and returns the types of the frames that went out. */
  send(nowMs = 0): string[] {
    this.sender.transmit(this.path, nowMs);
    return this.carrier.takeFrames().map(({ type }) => type);
  }

  lose(): void {
    this.path.sent.takeAll((packet) => this.sender.lost(packet));
  }

  acknowledge(nowMs = 50): void {
    this.path.sent.takeAll((packet: SentPacket) => this.sender.acknowledged(packet, nowMs));
  }
}

t.test('what was lost is sent again as far as it matters', async (t) => {
  const bench = new Bench();
  const { queue } = bench.streams;
  const stream = bench.streams.open(SOMEWHERE);
  stream.write(new Uint8Array(10));
  stream.stop('reset-by-near');
  queue.sessionCreditDue = true;
  queue.streamCountDue = true;
  queue.streamCredits.add(stream);
  queue.pings.push(3);
  queue.once.push({ type: 'blocked', streamId: null });
  queue.addMeshFrame({ type: 'digest', bytes: new Uint8Array(3) });
  const first = bench.send();
  t.same(first.length, 9);
  t.same(bench.send(), []);
  bench.lose();
  t.same(bench.send().toSorted(), first.filter((type) => type !== 'blocked').toSorted());
  bench.acknowledge();
  t.same(bench.send(), []);
  t.same(bench.pongs, [3]);
  t.equal(stream.sending.cachedBytes, 0);
});

t.test('frames of a stream that is forgotten are not, but for OPENED', async (t) => {
  const bench = new Bench();
  bench.streams.receive({ type: 'open', streamId: 1, target: SOMEWHERE, firstData: new Uint8Array(0) });
  const [stream] = bench.streams.takeOpened();
  stream!.accept(SOMEWHERE, 5);
  bench.streams.queue.streamCredits.add(stream!);
  t.same(bench.send(), ['max-stream-data', 'opened']);
  const packets: SentPacket[] = [];
  bench.path.sent.takeAll((packet) => packets.push(packet));
  bench.streams.receive({ type: 'data', streamId: 1, offset: 0, bytes: new Uint8Array(0), last: true });
  stream!.read();
  stream!.finish();
  bench.send();
  bench.acknowledge();
  t.equal(bench.streams.set.size, 0);
  for (const packet of packets) bench.sender.lost(packet);
  t.same(bench.send(), ['opened'], 'the peer waits for it before it reads');
});

t.test('a frame that is queued already is not queued twice', async (t) => {
  const bench = new Bench();
  const stream = bench.streams.open(SOMEWHERE);
  bench.streams.queue.pings.push(1);
  stream.reset('reset-by-near');
  bench.send();
  const packets: SentPacket[] = [];
  bench.path.sent.takeAll((packet) => packets.push(packet));
  for (const packet of [...packets, ...packets]) bench.sender.lost(packet);
  t.same(bench.send().toSorted(), ['open', 'ping', 'reset', 'stop']);
});

t.test('a probe repeats what has waited longest, whatever the window says', async (t) => {
  const bench = new Bench();
  const stream = bench.streams.open(SOMEWHERE);
  stream.write(new Uint8Array(500_000));
  for (let nowMs = 0; nowMs < 1_000; nowMs++) bench.send(nowMs);
  t.equal(bench.path.allowsData(1_000), false);
  bench.sender.probe(bench.path, 1_000);
  const [probe, small] = bench.carrier.take();
  t.match(probe?.frames[0], { type: 'ping' });
  t.match(probe?.frames.at(-1), { type: 'data', offset: 0 });
  t.match(small, { bytes: 1, frames: [{ type: 'ping' }] }, 'passes where the probe is too large for the path');
  t.equal(bench.path.answers.unansweredProbes, 1);
});

t.test('a probe of a link that is full waits without hoarding', async (t) => {
  const bench = new Bench();
  bench.streams.queue.pings.push(1);
  bench.send();
  bench.carrier.writable = false;
  for (let turn = 0; turn < 100; turn++) bench.sender.probe(bench.path, 1_000 * turn);
  bench.carrier.writable = true;
  t.same(bench.send(200_000), []);
});

t.test('a reliable link is probed by PING alone', async (t) => {
  const bench = new Bench({ reliable: true });
  const stream = bench.streams.open(SOMEWHERE);
  stream.write(new Uint8Array(100));
  bench.send();
  bench.sender.probe(bench.path, 1_000);
  t.same(
    bench.carrier.takeFrames().map(({ type }) => type),
    ['ping'],
  );
});

t.test('a turn has an end', async (t) => {
  const bench = new Bench({ reliable: true });
  bench.streams.sendableBytes = 1e9;
  const stream = bench.streams.open(SOMEWHERE);
  stream.receiveCredit(1e9);
  stream.write(new Uint8Array(1_168 * 600));
  bench.sender.transmit(bench.path, 0);
  t.equal(bench.carrier.take().length, 512);
  t.ok(bench.sender.mustGoOn);
  bench.sender.transmit(bench.path, 0);
  t.ok(bench.carrier.take().length > 80);
  t.notOk(bench.sender.mustGoOn);
  t.equal(bench.carrier.flushes, 2);
});

t.test('says when pacing lets more go, and only while there is more', async (t) => {
  const bench = new Bench();
  const stream = bench.streams.open(SOMEWHERE);
  stream.write(new Uint8Array(20_000));
  bench.send();
  t.ok(bench.sender.dataAtMs > 0 && bench.sender.dataAtMs < 50, `at ${bench.sender.dataAtMs} ms`);
  for (let nowMs = 0; bench.sender.dataAtMs !== Infinity && nowMs < 1_000;) {
    nowMs = bench.sender.dataAtMs;
    bench.send(nowMs);
  }
  t.equal(stream.sending.nextOffset, 20_000);
});

t.test('an acknowledged ACK and REPAIR need not be said again', async (t) => {
  const bench = new Bench();
  const { received } = bench.path;
  for (const n of [0, 1, 5]) received.receive(n, true, true, 0);
  bench.streams.queue.pings.push(1);
  t.same(bench.send(30), ['ack', 'repair', 'ping']);
  t.equal(received.missing.count, 3);
  bench.acknowledge();
  t.equal(received.missing.count, 0);
  received.receive(6, true, true, 40);
  t.same(received.takeAck(40).ranges, [{ first: 5, last: 6 }]);
});

t.test('an ACK in a packet that parity restored is said again: nobody looked at it', async (t) => {
  const bench = new Bench();
  const { received } = bench.path;
  const stream = bench.streams.open(SOMEWHERE);
  stream.write(new Uint8Array(10));
  received.receive(0, true, true, 0);
  received.receive(2, true, true, 0);
  t.ok(bench.send().includes('ack'));
  bench.path.sent.takeAll((packet) => bench.sender.recovered(packet, 50));
  t.equal(stream.sending.cachedBytes, 0, 'the bytes have arrived');
  t.same(received.takeAck(50).ranges, [
    { first: 2, last: 2 },
    { first: 0, last: 0 },
  ]);
});
