import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import { decodeFrames } from '../../../mesh/session/decode-frames.ts';
import type { Frame } from '../../../mesh/session/frame.ts';
import { PacketWriter } from '../../../mesh/session/packet-writer.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { SessionStreams } from '../../../mesh/session/session-streams.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

class Bench {
  readonly streams = new SessionStreams({ peer: parseNodeId(2)!, opensEvenStreams: true, nowMs: 0 });
  readonly paths = new Map([0, 1].map((id) => [id, new SessionPath(id, new RecordingCarrier())]));
  readonly writer = new PacketWriter();

  write(maxBytes = 1_168, withData = true, nowMs = 0): Frame[] {
    const payload = this.writer.write(this.streams, this.paths, maxBytes, withData, nowMs);
    if (payload.length > maxBytes) throw new RangeError(`${payload.length} of ${maxBytes} bytes`);
    const frames = decodeFrames(payload.slice(), 2);
    if (frames === null) throw new Error('unreadable');
    return frames;
  }

  types(maxBytes = 1_168, withData = true): string[] {
    return this.write(maxBytes, withData).map(({ type }) => type);
  }
}

t.test('nothing to say, nothing to send', async (t) => {
  const bench = new Bench();
  t.same(bench.write(), []);
  t.equal(bench.writer.takeFrames(), null);
});

t.test('control goes before new streams, those before bytes', async (t) => {
  const bench = new Bench();
  const { queue } = bench.streams;
  const stream = bench.streams.open(SOMEWHERE);
  stream.write(new Uint8Array(10));
  stream.finish();
  queue.control.push({ frame: { type: 'stop', streamId: 1, reason: 'reset-by-far' }, stream: null });
  queue.pings.push(7);
  queue.once.push({ type: 'blocked', streamId: null });
  queue.streamCredits.add(stream);
  queue.streamCountDue = true;
  queue.sessionCreditDue = true;
  bench.paths.get(1)!.received.receive(0, true, true, 0);
  t.same(bench.types(), [
    'ack',
    'max-data',
    'max-streams',
    'max-stream-data',
    'blocked',
    'ping',
    'stop',
    'open',
    'data',
  ]);
  t.same(
    bench.writer.takeFrames()?.map(({ type }) => type),
    ['ack', 'max-data', 'max-streams', 'max-stream-data', 'once', 'ping', 'control', 'open', 'data'],
  );
  t.same(bench.write(), []);
});

t.test('without leave for data only control goes', async (t) => {
  const bench = new Bench();
  bench.streams.open(SOMEWHERE).write(new Uint8Array(10));
  t.same(bench.types(1_168, false), []);
  bench.streams.queue.pings.push(1);
  t.same(bench.types(1_168, false), ['ping']);
});

t.test('a packet with an ACK alone asks for no answer, nor does one with a RESPONSE', async (t) => {
  const bench = new Bench();
  bench.paths.get(0)!.received.receive(0, true, true, 0);
  t.same(bench.types(), ['ack']);
  t.equal(bench.writer.takeFrames(), null);
  bench.streams.queue.once.push({ type: 'response', token: new Uint8Array(8) });
  t.same(bench.types(), ['response']);
  t.equal(bench.writer.takeFrames(), null);
});

t.test('an ACK that is not due rides along with something else', async (t) => {
  const bench = new Bench();
  const { received } = bench.paths.get(0)!;
  received.receive(0, true, false, 0);
  bench.write();
  received.receive(1, true, false, 1);
  t.same(bench.types(1_168, false), []);
  bench.streams.queue.pings.push(1);
  t.same(bench.types(1_168, false), ['ack', 'ping']);
  // Also with a request for repair, so that the peer's answer shows that the ACK arrived.
  received.receive(3, true, true, 2);
  bench.write(1_168, true, 2);
  received.receive(4, true, false, 40);
  t.same(
    bench.write(1_168, false, 41).map(({ type }) => type),
    ['ack', 'repair'],
  );
});

t.test('full packets are full, and streams share them fairly', async (t) => {
  for (const maxBytes of [484, 1_168, 65_471]) {
    const bench = new Bench();
    const streams = [0, 1, 2].map(() => bench.streams.open(SOMEWHERE));
    for (const stream of streams) stream.write(new Uint8Array(200_000));
    bench.write(maxBytes);
    bench.writer.takeFrames();
    const payload = bench.writer.write(bench.streams, bench.paths, maxBytes, true, 0);
    t.ok(payload.length > maxBytes - 4, `${payload.length} of ${maxBytes}`);
  }
});

t.test('session credit bounds new bytes, and each is counted once', async (t) => {
  const bench = new Bench();
  bench.streams.sendableBytes = 1_000;
  const stream = bench.streams.open(SOMEWHERE);
  stream.write(new Uint8Array(5_000));
  stream.finish();
  const first = bench.write(600);
  const second = bench.write(600);
  const sent = [...first, ...second].filter((frame) => frame.type === 'data');
  t.equal(
    sent.reduce((sum, frame) => sum + frame.bytes.length, 0),
    1_000,
  );
  t.ok(sent.every(({ last }) => !last));
  t.same(bench.write(), []);
  t.equal(bench.streams.sendableBytes, 0);
  stream.dataLost({ offset: 0, bytes: 300, last: false });
  t.match(bench.write(), [{ type: 'data', offset: 0 }]);
  t.equal(bench.streams.sendableBytes, 0, 'repairs cost no credit');
});

t.test('the end of a stream without credit waits for its bytes', async (t) => {
  const bench = new Bench();
  const stream = bench.streams.open(SOMEWHERE);
  stream.write(new Uint8Array(300_000));
  stream.finish();
  while (bench.write().length > 0) bench.writer.takeFrames();
  t.equal(stream.sending.nextOffset, 262_144);
  stream.dataLost({ offset: 0, bytes: 100, last: false });
  stream.dataAcknowledged({ offset: 0, bytes: 100, last: false });
  t.same(bench.write(), []);
  t.equal(stream.sending.nextOffset, 262_144);
  stream.receiveCredit(400_000);
  const frames: Frame[] = [];
  for (let more = bench.write(); more.length > 0; more = bench.write()) frames.push(...more);
  t.match(frames.at(-1), { type: 'data', last: true });
  t.equal(stream.sending.nextOffset, 300_000);
});

t.test('a control frame too long for this link holds nothing else up', async (t) => {
  const bench = new Bench();
  const { queue } = bench.streams;
  queue.control.push({ frame: { type: 'records', bytes: new Uint8Array(5_000) }, stream: null });
  queue.control.push({ frame: { type: 'stop', streamId: 0, reason: 'reset-by-far' }, stream: null });
  queue.once.push({ type: 'digest', bytes: new Uint8Array(5_000) });
  queue.once.push({ type: 'ping' });
  t.same(bench.types(), ['ping', 'stop']);
  t.same(bench.types(6_000), ['digest']);
  t.same(bench.types(6_000), ['records']);
});

t.test('many names open many streams, each packet within its size', async (t) => {
  const bench = new Bench();
  for (let turn = 0; turn < 100; turn++) {
    bench.streams.open({ host: { type: 'name', name: 'x'.repeat(1 + ((turn * 37) % 255)) }, port: turn });
  }
  let opens = 0;
  for (let frames = bench.write(484); frames.length > 0; frames = bench.write(484)) {
    opens += frames.filter(({ type }) => type === 'open').length;
  }
  t.equal(opens, 100);
});

t.test('gossip that fits no packet of the path is cut, and nothing else is', async (t) => {
  const bench = new Bench();
  const { queue } = bench.streams;
  queue.addMeshFrame({ type: 'want', bytes: Uint8Array.of(1) });
  queue.addMeshFrame({ type: 'records', bytes: new Uint8Array(1_150).fill(3) });
  queue.addMeshFrame({ type: 'records', bytes: new Uint8Array(60_000) });
  const frames = [...bench.write(484), ...bench.write(484), ...bench.write(484), ...bench.write(484)];
  t.same(
    frames.map(({ type }) => type),
    ['want', 'piece', 'piece', 'piece'],
  );
  t.same(queue.control.length, 1, 'too long for anything waits for another path');
  t.same(bench.types(65_535), ['records']);
});
