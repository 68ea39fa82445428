import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import type { StreamEvent } from '../../../mesh/mesh-stream.ts';
import { SessionStreams } from '../../../mesh/session/session-streams.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';
import { ascii } from '../../fixtures/wire/hex.ts';

function make(onWork?: () => void): SessionStreams {
  const peer = parseNodeId(2)!;
  return new SessionStreams({ peer, opensEvenStreams: true, nowMs: 0, ...(onWork === undefined ? {} : { onWork }) });
}

const NONE = new Uint8Array(0);
const abc = ascii('abc');
const open = (streamId: number) => ({ type: 'open', streamId, target: SOMEWHERE, firstData: NONE }) as const;
const data = (streamId: number, offset: number, bytes: Uint8Array, last = false) =>
  ({ type: 'data', streamId, offset, bytes, last }) as const;

t.test('a stream is handed out once, with what came before its OPEN', async (t) => {
  const streams = make();
  streams.receive(data(1, 0, abc));
  t.same(streams.takeOpened(), []);
  streams.receive({ ...open(1), firstData: abc });
  streams.receive(open(1));
  streams.dispatch();
  const [stream] = streams.takeOpened();
  t.same(streams.takeOpened(), []);
  const events: StreamEvent[] = [];
  stream!.onEvent = (event) => events.push(event);
  t.ok(streams.hasWork);
  streams.dispatch();
  t.same(events, [{ type: 'readable' }]);
  t.same(stream!.read(), Buffer.from(abc));
});

t.test('ids that were never allowed make nothing', async (t) => {
  const streams = make();
  for (const id of [0, 2, 2_049, Number.MAX_SAFE_INTEGER]) {
    streams.receive(open(id));
    streams.receive(data(id, 0, abc));
    streams.receive({ type: 'reset', streamId: id, reason: 'reset-by-near', finalOffset: 0 });
  }
  streams.receive({ type: 'opened', streamId: 1, bound: SOMEWHERE, connectMs: 1, destination: null });
  streams.receive({ type: 'refused', streamId: 3, reason: 'failed' });
  t.equal(streams.set.size, 0);
  t.equal(streams.credit.unreadBytes, 0);
  t.same(streams.takeOpened(), []);
});

t.test('an ended stream stays ended', async (t) => {
  const streams = make();
  streams.receive(open(1));
  const [stream] = streams.takeOpened();
  stream!.reset('reset-by-near');
  streams.receive({ type: 'reset', streamId: 1, reason: 'reset-by-near', finalOffset: 0 });
  stream!.endAcknowledged();
  t.equal(streams.set.size, 0);
  streams.receive(open(1));
  streams.receive(data(1, 0, abc));
  t.equal(streams.set.size, 0);
});

t.test('credit is kept for each stream and for all', async (t) => {
  const streams = make();
  streams.receive(data(1, 262_143, abc));
  t.equal(streams.credit.unreadBytes, 0);
  t.match(streams.queue.control, [{ frame: { type: 'stop' } }, { frame: { type: 'reset', reason: 'protocol-error' } }]);
  streams.receive(data(3, 262_141, abc));
  t.equal(streams.credit.unreadBytes, 262_144, 'gaps count');
  streams.receive(data(3, 0, abc));
  t.equal(streams.credit.unreadBytes, 262_144);
  streams.receive({ type: 'reset', streamId: 3, reason: 'reset-by-near', finalOffset: 262_144 });
  t.equal(streams.credit.unreadBytes, 0);
});

t.test('a session full of unread bytes takes no more, by DATA or RESET', async (t) => {
  const streams = make();
  let id = 1;
  for (; streams.credit.allows(262_144); id += 2) streams.receive(data(id, 262_144, NONE));
  const before = streams.credit.unreadBytes;
  t.ok(before <= 134_217_728);
  streams.receive({ type: 'reset', streamId: id, reason: 'reset-by-near', finalOffset: 262_144 });
  streams.receive(data(id + 2, 262_144, NONE));
  t.equal(streams.credit.unreadBytes, before);
  t.equal(streams.queue.control.filter(({ frame }) => frame.type === 'reset').length, 2);
});

t.test('streams beyond the limit wait for MAX_STREAMS', async (t) => {
  const streams = make();
  for (let turn = 0; turn < 1_024; turn++) streams.open(SOMEWHERE);
  const waiting = [streams.open(SOMEWHERE), streams.open(SOMEWHERE), streams.open(SOMEWHERE)] as const;
  for (const stream of waiting) stream.write(abc);
  t.equal(streams.queue.opens.length, 1_024);
  waiting[1].reset('reset-by-near');
  t.equal(streams.queue.control.length, 0, 'nothing is said of a stream that the peer does not allow yet');
  streams.receiveStreamCount(1_026);
  t.equal(streams.queue.opens.length, 1_025);
  t.same(
    streams.queue.control.map(({ frame }) => frame.type),
    ['stop', 'reset'],
    'a stream that was given up while it waited uses its id up, and is never opened',
  );
  streams.receiveStreamCount(1_027);
  t.equal(streams.queue.opens.at(-1), waiting[2]);
});

t.test('says that it is blocked, by stream and by session', async (t) => {
  const streams = make();
  const stream = streams.open(SOMEWHERE);
  t.notOk(streams.isBlocked);
  stream.write(new Uint8Array(300_000));
  streams.queue.update(stream);
  stream.dataSent({ offset: 0, bytes: 262_144, last: false });
  streams.queue.update(stream);
  t.ok(streams.isBlocked);
  streams.sayBlocked();
  t.same(streams.queue.once.splice(0), [{ type: 'blocked', streamId: 0 }]);
  streams.receive({ type: 'max-stream-data', streamId: 0, bytes: 300_000 });
  t.notOk(streams.isBlocked);
  streams.sendableBytes = 0;
  t.ok(streams.isBlocked);
  streams.sayBlocked();
  t.same(streams.queue.once, [{ type: 'blocked', streamId: null }]);
  streams.receiveSessionCredit(1_048_576);
  t.ok(streams.isBlocked, 'no more than before');
  streams.receiveSessionCredit(2_000_000);
  t.equal(streams.sendableBytes, 2_000_000 - 1_048_576);
  t.notOk(streams.isBlocked);
});

t.test('BLOCKED is answered with the credit there is', async (t) => {
  const streams = make();
  streams.receive(open(1));
  streams.receiveBlocked(null);
  streams.receiveBlocked(1);
  streams.receiveBlocked(777);
  t.ok(streams.queue.sessionCreditDue);
  t.equal(streams.queue.streamCredits.size, 1);
});

t.test('an owner that let go hears nothing, not even of before', async (t) => {
  const streams = make();
  streams.receive(open(1));
  const [stream] = streams.takeOpened();
  stream!.onEvent = () => t.fail('an event after reset');
  streams.receive(data(1, 0, abc));
  stream!.reset('reset-by-near');
  streams.dispatch();
  t.notOk(streams.set.get(1) === undefined);
});

t.test('the end resets all streams, handed out or not', async (t) => {
  const streams = make();
  const events: string[] = [];
  for (let turn = 0; turn < 1_026; turn++) {
    streams.open(SOMEWHERE).onEvent = (event) => events.push(event.type === 'reset' ? event.reason : event.type);
  }
  streams.receive(open(1));
  streams.end('shutting-down');
  t.equal(events.length, 1_026);
  t.ok(events.every((event) => event === 'shutting-down'));
  t.equal(streams.set.size, 0);
  t.same(streams.takeOpened(), []);
});

t.test('asks for a turn once, until the work was seen', async (t) => {
  let asked = 0;
  const streams = make(() => asked++);
  const stream = streams.open(SOMEWHERE);
  stream.write(abc);
  stream.finish();
  t.equal(asked, 1);
  streams.workSeen();
  stream.reset('reset-by-near');
  t.equal(asked, 2);
});
