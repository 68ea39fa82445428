import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import { FrameReceiver } from '../../../mesh/session/frame-receiver.ts';
import type { Frame } from '../../../mesh/session/frame.ts';
import { cutFrame } from '../../../mesh/session/frame-pieces.ts';
import { PacketSender } from '../../../mesh/session/packet-sender.ts';
import type { MeshFrame } from '../../../mesh/session/session-event.ts';
import { SessionPaths } from '../../../mesh/session/session-paths.ts';
import { SessionStreams } from '../../../mesh/session/session-streams.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';
import { GOLDEN_FRAMES } from '../../fixtures/wire/golden-frames.ts';

class Bench {
  readonly streams = new SessionStreams({ peer: parseNodeId(2)!, opensEvenStreams: true, nowMs: 0 });
  readonly paths = new SessionPaths(null, () => {});
  readonly sender = new PacketSender(this.streams, this.paths.all, () => {});
  readonly receiver = new FrameReceiver(this.streams, this.paths, this.sender);

  constructor() {
    for (const id of [0, 1]) this.paths.attach(id, new RecordingCarrier(), false);
  }

  /** What of it is not the session's business. */
  receive(frame: Frame, pathId = 0, nowMs = 5): readonly MeshFrame[] {
    const meshFrames: MeshFrame[] = [];
    this.receiver.receive(frame, pathId, meshFrames, nowMs);
    return meshFrames;
  }
}

t.test("which frames are the mesh's business", async (t) => {
  const types = new Set<string>();
  for (const { frame } of GOLDEN_FRAMES) for (const { type } of new Bench().receive(frame)) types.add(type);
  const expected = 'digest goodbye lost observed oob punch records response table time unreachable want witness';
  t.equal([...types].toSorted().join(' '), expected);
});

t.test('a long one comes in pieces', async (t) => {
  const bench = new Bench();
  const whole: Frame = { type: 'records', bytes: new Uint8Array(1_000).fill(7) };
  t.same(
    cutFrame(whole, 1).map((piece) => bench.receive(piece)),
    [[], [], [whole]],
  );
});

t.test('streams are in use when something is said about them', async (t) => {
  const bench = new Bench();
  t.equal(bench.receiver.peerActiveAtMs, -Infinity);
  bench.receive({ type: 'ping' });
  bench.receive({ type: 'max-data', bytes: 100 });
  t.equal(bench.receiver.peerActiveAtMs, -Infinity);
  t.notOk(bench.paths.isInUse(5));
  bench.receive({ type: 'open', streamId: 1, target: SOMEWHERE, firstData: new Uint8Array(0) }, 0, 7);
  t.equal(bench.receiver.peerActiveAtMs, 7);
  t.ok(bench.paths.isInUse(7));
  t.equal(bench.streams.set.size, 1);
});

t.test('an ACK concerns the path that it names, its round trip only where it came by that', async (t) => {
  const bench = new Bench();
  const [here, there] = [bench.paths.all.get(0)!, bench.paths.all.get(1)!];
  for (const path of [here, there]) path.send(Uint8Array.of(1), [{ type: 'once' }], 0);
  const ack: Frame = { type: 'ack', pathId: 1, delayMs: 0, ranges: [{ first: 0, last: 0 }] };
  bench.receive(ack, 0, 40);
  t.equal(here.sent.count, 1);
  t.equal(there.sent.count, 0);
  t.notOk(there.rtt.hasSample);
  bench.receive({ ...ack, pathId: 0 }, 0, 50);
  t.equal(here.rtt.latestMs, 50);
  t.same(bench.receive({ ...ack, pathId: 99 }), []);
});

t.test('REPAIR has bytes sent again, RECOVERED does not', async (t) => {
  for (const [type, isAgain] of [
    ['repair', true],
    ['recovered', false],
  ] as const) {
    const bench = new Bench();
    const stream = bench.streams.open(SOMEWHERE);
    stream.write(new Uint8Array(100));
    bench.sender.transmit(bench.paths.active!, 0);
    t.notOk(bench.streams.queue.hasData);
    bench.receive({ type, pathId: 0, ranges: [{ first: 0, last: 0 }] });
    t.equal(bench.streams.queue.hasData, isAgain, type);
    t.equal(stream.sending.cachedBytes, isAgain ? 100 : 0);
  }
});
