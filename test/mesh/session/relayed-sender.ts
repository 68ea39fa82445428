import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import { PacketSender } from '../../../mesh/session/packet-sender.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { SessionStreams } from '../../../mesh/session/session-streams.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

class Bench {
  readonly streams = new SessionStreams({ peer: parseNodeId(2)!, opensEvenStreams: true, nowMs: 0 });
  readonly direct: RecordingCarrier;
  readonly relay = new RecordingCarrier({ relayCount: 1 });
  readonly path: SessionPath;
  readonly alternate: SessionPath;
  readonly sender: PacketSender;

  constructor(share: number, { isSplit = false, reliable = false, maxPayloadBytes = 1_168 } = {}) {
    this.direct = new RecordingCarrier({ reliable, maxPayloadBytes });
    this.path = new SessionPath(0, this.direct);
    this.alternate = new SessionPath(7, this.relay);
    this.path.rtt.update(100, 0, 0);
    this.alternate.rtt.update(130, 0, 0);
    const paths = new Map([this.path, this.alternate].map((path) => [path.id, path]));
    this.sender = new PacketSender(this.streams, paths, () => {}, { share, isSplit });
    this.sender.relayed.alternate = this.alternate;
  }

  /** Sends all there is, acknowledging what arrives of it, and then the parity that is due; the bytes sent by each way. */
  send(nowMs = 0): { direct: number; relay: number } {
    let atMs = nowMs;
    for (; this.streams.queue.hasData; atMs += 5) {
      this.sender.transmit(this.path, atMs);
      for (const path of [this.path, this.alternate]) path.sent.takeSentBefore(atMs - 30, () => {});
    }
    this.sender.sendParity(this.path, atMs + 30);
    return { direct: bytesOf(this.direct), relay: bytesOf(this.relay) };
  }

  write(bytes: number): void {
    const stream = this.streams.open(SOMEWHERE);
    stream.sending.grant(1e9);
    this.streams.sendableBytes = 1e9;
    stream.write(new Uint8Array(bytes));
    stream.finish();
  }

  get types(): Set<string> {
    return new Set(this.relay.packets.flatMap(({ frames }) => frames.map(({ type }) => type)));
  }
}

function bytesOf({ packets }: RecordingCarrier): number {
  return packets.reduce((sum, { bytes }) => sum + bytes + 64, 0);
}

t.test('at least the share goes by way of others, whatever the flow and the link', async (t) => {
  for (const share of [0.01, 0.1, 0.3, 0.5, 0.8, 1]) {
    for (const bytes of [10, 1_000, 15_000, 127_000, 200_000, 3_000_000]) {
      // The connection of this test takes everything at once, and the other way does not.
      for (const reliable of bytes <= 15_000 ? [false, true] : [false]) {
        for (const isSplit of [false, true]) {
          const bench = new Bench(share, { isSplit, reliable, maxPayloadBytes: reliable ? 60_000 : 1_388 });
          bench.write(bytes);
          const { direct, relay } = bench.send();
          const what = `${share} of ${bytes} bytes, ${reliable ? 'TCP' : 'UDP'}${isSplit ? ', split' : ''}`;
          const { sentBytes, relayedBytes, refusedBytes } = bench.sender.relayed.portion.meter.figures(0);
          t.ok(relay + refusedBytes >= share * (direct + relay), `${what}: ${relay} of ${direct + relay}`);
          t.ok(refusedBytes < 0.05 * sentBytes, `${what}: ${refusedBytes} refused`);
          if (share <= 0.5) t.ok(relay <= 2 * share * direct + 16_384, `${what}: ${relay} of ${direct + relay}`);
          t.same([sentBytes, relayedBytes], [direct + relay, relay], 'as measured');
        }
      }
    }
  }
});

t.test('a share of 0 sends nothing there', async (t) => {
  const bench = new Bench(0);
  bench.write(300_000);
  t.match(bench.send(), { relay: 0 });
});

t.test('short flows get parity, which fits every way, and long ones are divided', async (t) => {
  const short = new Bench(0.1, { maxPayloadBytes: 1_388 });
  short.write(15_000);
  short.send();
  t.same([...short.types], ['parity']);
  t.ok(short.direct.packets.every(({ bytes }) => bytes <= 1_168 - 28));
  const long = new Bench(0.1);
  long.write(3_000_000);
  const { direct, relay } = long.send();
  t.ok(long.types.has('data'));
  t.ok(direct + relay < 3_000_000 * 1.1, 'nothing of it twice but the first bytes');
});

t.test('what is sent again is sent by both', async (t) => {
  const bench = new Bench(0.1);
  bench.write(300_000);
  bench.send();
  bench.relay.take();
  bench.write(5_000);
  bench.sender.transmit(bench.path, 1_000);
  bench.relay.take();
  bench.path.sent.takeAll((packet) => bench.sender.lost(packet));
  bench.direct.take();
  bench.sender.transmit(bench.path, 1_005);
  const offsets = (carrier: RecordingCarrier): number[] =>
    carrier.takeFrames().flatMap((frame) => (frame.type === 'data' ? [frame.offset] : []));
  const sent = offsets(bench.direct);
  t.ok(sent.length >= 2);
  t.same(offsets(bench.relay), sent);
  bench.sender.probe(bench.path, 1_200);
  t.same(offsets(bench.relay), offsets(bench.direct), 'and so are tail probes');
});

t.test('that a copy arrived counts, that it was lost does not', async (t) => {
  const bench = new Bench(0.5, { reliable: true });
  bench.write(5_000);
  bench.sender.transmit(bench.path, 0);
  t.ok(bench.alternate.sent.count > 3);
  bench.alternate.sent.takeAll((packet) => bench.sender.lost(packet));
  t.notOk(bench.streams.queue.hasData);
  const lose = (): void => bench.path.sent.takeAll((packet) => bench.sender.lost(packet));
  lose();
  t.ok(bench.streams.queue.hasData);
  bench.sender.transmit(bench.path, 100); // repairs, by both
  bench.alternate.sent.takeAll((packet) => bench.sender.acknowledged(packet, 200));
  lose();
  t.equal(bench.streams.queue.nextStream(true), null, 'all of it arrived by the other way');
});

t.test('a way that is full: the path in use goes on, and what was refused is counted; a split waits', async (t) => {
  for (const isSplit of [false, true]) {
    const bench = new Bench(0.3, { isSplit });
    bench.write(2_000_000);
    for (let atMs = 0; atMs < 1_000; atMs += 5) {
      bench.sender.transmit(bench.path, atMs);
      bench.path.sent.takeSentBefore(atMs, () => {});
    }
    const { refusedBytes, relayedBytes } = bench.sender.relayed.portion.meter.figures(0);
    t.ok(relayedBytes > 30_000 && relayedBytes < 60_000, `${relayedBytes} in flight`);
    const sentBytes = bytesOf(bench.direct);
    if (isSplit) t.ok(relayedBytes >= 0.3 * (sentBytes + relayedBytes));
    else t.ok(refusedBytes > 0 && sentBytes > 500_000, `${refusedBytes} refused`);
  }
});
