import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import type { StreamEvent } from '../../../mesh/mesh-stream.ts';
import type { Frame } from '../../../mesh/session/frame.ts';
import { PiecePool } from '../../../mesh/session/piece-pool.ts';
import { SegmentBudget } from '../../../mesh/session/segment-budget.ts';
import { Stream, type StreamHost } from '../../../mesh/session/stream.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';
import { ascii } from '../../fixtures/wire/hex.ts';

class Host implements StreamHost {
  readonly peer = parseNodeId(2)!;
  readonly segments = new SegmentBudget();
  readonly pieces = new PiecePool();
  readonly rttMs = 50;
  nowMs = 1_000;
  control: Frame[] = [];
  events: StreamEvent[] = [];
  credits = 0;
  consumed = 0;
  ended = 0;
  woken = 0;
  streamHasWork(): void {
    this.woken++;
  }
  queueControl(frame: Frame): void {
    this.control.push(frame);
  }
  queueStreamCredit(): void {
    this.credits++;
  }
  queueEvent(_: Stream, event: StreamEvent): void {
    this.events.push(event);
  }
  streamConsumed(bytes: number): void {
    this.consumed += bytes;
  }
  streamEnded(): void {
    this.ended++;
  }
  takeEvents(): string[] {
    return this.events.splice(0).map((event) => event.type);
  }
  takeControl(): string[] {
    return this.control.splice(0).map((frame) => frame.type);
  }
}

function opener(): { host: Host; stream: Stream } {
  const host = new Host();
  return { host, stream: new Stream(host, 4, SOMEWHERE, true) };
}

function asked(): { host: Host; stream: Stream } {
  const host = new Host();
  const stream = new Stream(host, 5, null, false);
  stream.receiveOpen(SOMEWHERE);
  return { host, stream };
}

const abc = ascii('abc');
const end = { offset: 0, bytes: 0, last: true };

t.test('the asked side answers once', async (t) => {
  const { host, stream } = asked();
  stream.accept(SOMEWHERE, 12);
  stream.accept(SOMEWHERE, 12);
  stream.refuse('failed');
  t.same(host.control, [{ type: 'opened', streamId: 5, bound: SOMEWHERE, connectMs: 12, destination: null }]);
  const one = opener();
  one.stream.accept(SOMEWHERE, 1);
  one.stream.refuse('failed');
  t.same(one.host.control, [], 'the opener never does');
});

t.test('refused: nothing follows, and it ends once both know', async (t) => {
  const { host, stream } = asked();
  stream.receiveData(0, abc, false);
  host.takeEvents();
  stream.refuse('connection-refused');
  t.same(host.takeControl(), ['refused']);
  t.equal(host.consumed, 3);
  stream.write(abc);
  stream.accept(SOMEWHERE, 1);
  stream.receiveData(3, abc, false);
  stream.endAcknowledged();
  t.equal(host.ended, 0, 'the opener still owes its final offset');
  stream.receiveReset('reset-by-near', 10);
  t.equal(host.ended, 1);
  t.equal(host.consumed, 10);
  t.same(host.takeEvents(), []);
});

t.test('the opener learns of a refusal, and says where it stopped', async (t) => {
  const { host, stream } = opener();
  stream.write(abc);
  stream.dataSent({ offset: 0, bytes: 3, last: false });
  stream.receiveRefused('timed-out');
  stream.receiveRefused('timed-out');
  stream.receiveOpened(SOMEWHERE, 1, null);
  t.same(host.events, [{ type: 'refused', reason: 'timed-out' }]);
  t.same(host.control, [{ type: 'reset', streamId: 4, reason: 'reset-by-near', finalOffset: 3 }]);
  stream.endAcknowledged();
  t.equal(host.ended, 1);
});

t.test('bytes are told after OPENED, whichever arrives first', async (t) => {
  const { host, stream } = opener();
  stream.receiveData(0, abc, false);
  t.same(host.takeEvents(), []);
  stream.receiveOpened(SOMEWHERE, 7, null);
  stream.receiveOpened(SOMEWHERE, 7, null);
  t.same(host.takeEvents(), ['opened', 'readable']);
});

t.test('bytes that came before OPEN are told with it', async (t) => {
  const host = new Host();
  const stream = new Stream(host, 5, null, false);
  t.throws(() => stream.target);
  stream.receiveData(0, abc, true);
  t.same(host.takeEvents(), []);
  t.ok(stream.receiveOpen(SOMEWHERE));
  t.notOk(stream.receiveOpen(SOMEWHERE), 'a second OPEN is nothing');
  t.same(host.takeEvents(), ['readable']);
  t.same(stream.target, SOMEWHERE);
  t.equal(stream.peer, host.peer);
});

t.test('both directions end by themselves', async (t) => {
  const { host, stream } = opener();
  stream.receiveOpened(SOMEWHERE, 1, null);
  stream.finish();
  stream.dataSent(end);
  stream.dataAcknowledged(end);
  stream.receiveData(0, abc, true);
  t.same(host.takeEvents(), ['opened', 'readable']);
  t.notOk(stream.readEnded);
  t.equal(host.ended, 0);
  t.same(stream.read(), Buffer.from(abc));
  t.equal(stream.read(), null);
  t.ok(stream.readEnded);
  t.equal(host.ended, 1);
  t.same(host.takeControl(), []);
});

t.test('reset here: STOP and RESET, and not a word more', async (t) => {
  const { host, stream } = asked();
  stream.write(abc);
  stream.dataSent({ offset: 0, bytes: 2, last: false });
  stream.reset('reset-by-far');
  stream.reset('reset-by-far');
  t.ok(stream.isLetGo);
  t.same(host.control, [
    { type: 'stop', streamId: 5, reason: 'reset-by-far' },
    { type: 'reset', streamId: 5, reason: 'reset-by-far', finalOffset: 2 },
  ]);
  stream.receiveData(0, abc, false);
  stream.receiveStop('reset-by-near');
  stream.receiveReset('reset-by-near', 3);
  t.same(host.takeEvents(), []);
  t.equal(host.consumed, 3);
  stream.endAcknowledged();
  t.equal(host.ended, 1);
});

t.test('reset there: told once, and the own direction ends too', async (t) => {
  const { host, stream } = opener();
  stream.receiveOpened(SOMEWHERE, 1, null);
  stream.write(abc);
  stream.receiveData(0, abc, false);
  host.takeEvents();
  stream.receiveReset('reset-by-far', 100);
  stream.receiveReset('reset-by-far', 100);
  t.same(host.events, [{ type: 'reset', reason: 'reset-by-far' }]);
  t.same(host.control, [{ type: 'reset', streamId: 4, reason: 'reset-by-far', finalOffset: 0 }]);
  t.equal(stream.read(), null);
  t.notOk(stream.readEnded, 'a cut stream must not look complete');
  t.equal(host.consumed, 100);
  stream.endAcknowledged();
  t.equal(host.ended, 1);
});

t.test('STOP ends one direction; reading goes on', async (t) => {
  const { host, stream } = opener();
  stream.receiveOpened(SOMEWHERE, 1, null);
  host.takeEvents();
  stream.write(abc);
  stream.receiveStop('reset-by-far');
  stream.receiveStop('reset-by-far');
  t.same(host.takeEvents(), ['stopped']);
  t.same(host.takeControl(), ['reset']);
  stream.receiveData(0, abc, true);
  t.same(host.takeEvents(), ['readable']);
  stream.read();
  t.ok(stream.readEnded);
  stream.endAcknowledged();
  t.equal(host.ended, 1);
});

t.test('stop here: the other direction goes on', async (t) => {
  const { host, stream } = asked();
  stream.stop('reset-by-near');
  stream.stop('reset-by-near');
  t.same(host.takeControl(), ['stop']);
  stream.receiveReset('reset-by-near', 50);
  t.same(host.takeEvents(), [], 'the answer to STOP is no event');
  stream.write(abc);
  stream.finish();
  t.equal(stream.bufferedBytes, 3);
  const data = { offset: 0, bytes: 3, last: true };
  stream.dataSent(data);
  stream.dataAcknowledged(data);
  t.equal(host.ended, 1);
  const late = asked();
  late.stream.receiveData(0, abc, true);
  late.stream.stop('reset-by-near');
  t.same(late.host.takeControl(), [], 'nothing more is coming');
});

t.test('a peer that contradicts itself is cut off', async (t) => {
  for (const breakIt of [
    (stream: Stream) => stream.receiveData(2, abc, false),
    (stream: Stream) => stream.receiveReset('reset-by-near', 2),
    (stream: Stream) => stream.receiveData(0, abc.subarray(1), true),
  ]) {
    const { host, stream } = asked();
    stream.receiveData(0, abc, true);
    host.takeEvents();
    breakIt(stream);
    t.same(host.events, [{ type: 'reset', reason: 'protocol-error' }]);
    t.notOk(stream.readEnded);
  }
});

t.test('the session ends: one reset, no more frames', async (t) => {
  const { host, stream } = asked();
  stream.receiveData(0, abc, true);
  stream.write(abc);
  host.takeEvents();
  stream.sessionEnded('session-gone');
  t.same(host.events, [{ type: 'reset', reason: 'session-gone' }]);
  stream.write(abc);
  stream.finish();
  stream.stop('reset-by-near');
  stream.reset('reset-by-near');
  t.equal(stream.read(), null);
  t.notOk(stream.readEnded);
  t.same(host.takeControl(), []);
  t.equal(host.ended, 0, 'the session forgets all by itself');
});

t.test('reading grants credit until the end is known', async (t) => {
  const { host, stream } = asked();
  stream.receiveData(0, new Uint8Array(200_000), false);
  while (stream.read() !== null);
  t.equal(host.credits, 1);
  t.equal(stream.grantedOffset, 200_000 + 262_144);
  stream.receiveData(200_000, new Uint8Array(200_000), true);
  while (stream.read() !== null);
  t.equal(host.credits, 1);
  stream.receiveCredit(5);
  stream.receiveCredit(1_000_000);
  t.equal(stream.newBytes(400_000, 1), 0);
});

t.test('room for writing is told', async (t) => {
  const { host, stream } = asked();
  stream.write(new Uint8Array(stream.highWaterBytes));
  t.equal(stream.bufferedBytes, stream.highWaterBytes);
  stream.receiveCredit(10_000_000);
  for (let next = stream.sending.next(60_000, Infinity); next !== null; next = stream.sending.next(60_000, Infinity)) {
    stream.dataSent(next);
  }
  t.same(host.takeEvents(), ['writable']);
  stream.dataLost({ offset: 0, bytes: 100, last: false });
  t.ok(stream.sending.hasLost);
});

t.test('once it has ended nothing that was lost of it brings it back', async (t) => {
  const { host, stream } = opener();
  stream.write(new Uint8Array(10));
  const data = stream.sending.next(10, 10)!;
  stream.dataSent(data);
  stream.reset('reset-by-near');
  stream.receiveReset('reset-by-near', 0);
  stream.endAcknowledged();
  t.equal(host.ended, 1);
  const { woken } = host;
  stream.dataLost(data);
  t.equal(host.woken, woken, 'the session would remember it for ever');
});
