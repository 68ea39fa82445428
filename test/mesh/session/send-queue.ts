import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import { SendQueue } from '../../../mesh/session/send-queue.ts';
import { SessionStreams } from '../../../mesh/session/session-streams.ts';
import { Stream } from '../../../mesh/session/stream.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

const host = new SessionStreams({ peer: parseNodeId(2)!, opensEvenStreams: true, nowMs: 0 });
let nextId = 0;

/** A stream with bytes to send, of which `sentBytes` are on their way. */
function streamWith(queue: SendQueue, sentBytes: number, unsentBytes: number): Stream {
  const stream = new Stream(host, (nextId += 2), SOMEWHERE, true);
  stream.sending.write(new Uint8Array(sentBytes + unsentBytes));
  queue.wake(stream);
  if (sentBytes > 0) stream.dataSent({ offset: 0, bytes: sentBytes, last: false });
  queue.update(stream);
  return stream;
}

t.test('new streams before the rest, repairs first in each', async (t) => {
  const queue = new SendQueue();
  const rest = streamWith(queue, 20_000, 100);
  const fresh = streamWith(queue, 1_000, 100);
  t.equal(queue.nextStream(true), fresh);
  const repairedBulk = streamWith(queue, 30_000, 0);
  const repaired = streamWith(queue, 10_000, 0);
  t.equal(queue.nextStream(true), fresh, 'nothing to send');
  for (const stream of [repairedBulk, repaired]) {
    stream.sending.lost({ offset: 0, bytes: 10, last: false });
    queue.wake(stream);
  }
  for (const stream of [repaired, fresh, repairedBulk, rest]) {
    t.equal(queue.nextStream(true), stream);
    queue.remove(stream);
  }
  t.equal(queue.nextStream(true), null);
  t.notOk(queue.hasData);
});

t.test('streams of one line take turns', async (t) => {
  const queue = new SendQueue();
  const streams = [streamWith(queue, 20_000, 50), streamWith(queue, 20_000, 50), streamWith(queue, 20_000, 50)];
  const order: number[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const stream = queue.nextStream(true)!;
    order.push(streams.indexOf(stream));
    stream.dataSent(stream.sending.next(10, Infinity)!);
    queue.wake(streams[0]!); // what has a place keeps it
    queue.update(stream);
  }
  t.same(order, [0, 1, 2, 0, 1, 2]);
});

t.test('without session credit only repairs and ends go', async (t) => {
  const queue = new SendQueue();
  const blocked = streamWith(queue, 0, 100);
  t.equal(queue.nextStream(false), null);
  t.ok(queue.hasUnsent);
  const ending = streamWith(queue, 50, 0);
  ending.sending.finish();
  queue.wake(ending);
  t.equal(queue.nextStream(false), ending);
  blocked.dataSent({ offset: 0, bytes: 50, last: false });
  blocked.sending.lost({ offset: 0, bytes: 50, last: false });
  queue.wake(blocked);
  t.equal(queue.nextStream(false), blocked);
});

t.test('a repair that was acknowledged after all is not sent, nor anything it has no credit for', async (t) => {
  const queue = new SendQueue();
  const stream = streamWith(queue, 262_144, 1_000);
  t.ok(queue.blocked.has(stream));
  stream.sending.lost({ offset: 0, bytes: 10, last: false });
  queue.wake(stream);
  t.notOk(queue.blocked.has(stream));
  stream.sending.acknowledged({ offset: 0, bytes: 10, last: false });
  t.equal(queue.nextStream(true), null);
  t.ok(queue.blocked.has(stream));
  t.notOk(queue.hasData);
  stream.sending.grant(300_000);
  queue.wake(stream);
  t.equal(queue.nextStream(true), stream);
  t.equal(queue.blocked.size, 0);
});

t.test('what has ended meanwhile is passed over', async (t) => {
  const queue = new SendQueue();
  const stream = streamWith(queue, 0, 10);
  stream.sending.reset();
  t.equal(queue.nextStream(true), null);
  t.notOk(queue.hasData);
});

t.test('control is anything but stream bytes', async (t) => {
  const queue = new SendQueue();
  const stream = streamWith(queue, 0, 10);
  t.notOk(queue.hasControl);
  const parts = [
    () => (queue.sessionCreditDue = true),
    () => (queue.streamCountDue = true),
    () => queue.streamCredits.add(stream),
    () => queue.pings.push(1),
    () => queue.once.push({ type: 'ping' }),
    () => queue.control.push({ frame: { type: 'ping' }, stream: null }),
  ];
  for (const add of parts) {
    const other = new SendQueue();
    t.notOk(other.hasControl);
    add();
    t.ok(queue.hasControl);
    queue.sessionCreditDue = false;
    queue.streamCountDue = false;
    queue.streamCredits.clear();
    for (const list of [queue.pings, queue.once, queue.control]) list.length = 0;
  }
  queue.opens.push(stream);
  queue.streamCredits.add(stream);
  queue.remove(stream);
  t.notOk(queue.hasData || queue.hasControl);
});

t.test('gossip is queued within a limit, and wanted until it arrives', async (t) => {
  const queue = new SendQueue();
  const frames = Array.from({ length: 513 }, () => ({ type: 'want', bytes: Uint8Array.of(1) }) as const);
  for (const frame of frames) queue.addMeshFrame(frame);
  t.equal(queue.control.length, 512);
  t.notOk(queue.isMeshFrameWanted(frames[512]!), 'dropped');
  queue.meshFrameDelivered(frames[0]!);
  queue.meshFrameDelivered(frames[0]!);
  t.notOk(queue.isMeshFrameWanted(frames[0]!));
  queue.addMeshFrame(frames[512]!);
  t.ok(queue.isMeshFrameWanted(frames[512]!));
});

t.test('a small write after a pause goes before 100 bulk streams, once', async (t) => {
  const queue = new SendQueue();
  for (let n = 0; n < 100; n++) streamWith(queue, 20_000, 100_000);
  const typed = streamWith(queue, 50_000, 0);
  const send = (stream: Stream): void => {
    stream.dataSent(stream.sending.next(1_000, Infinity)!);
    queue.update(stream);
  };
  for (let turn = 0; turn < 5; turn++) {
    typed.sending.write(new Uint8Array(100));
    queue.wake(typed);
    t.equal(queue.nextStream(true), typed, `turn ${turn}`);
    send(typed);
    for (let other = 0; other < 3; other++) {
      t.not(queue.nextStream(true), typed);
      send(queue.nextStream(true)!);
    }
  }
  typed.sending.write(new Uint8Array(100_000));
  queue.wake(typed);
  for (let packet = 0; packet < 5; packet++) {
    t.equal(queue.nextStream(true) === typed, true, `packet ${packet} of a long write`);
    send(typed);
  }
  const turns = new Set<Stream>();
  for (let packet = 0; packet < 101; packet++) {
    turns.add(queue.nextStream(true)!);
    send(queue.nextStream(true)!);
  }
  t.equal(turns.size, 101, 'then all take turns');
  t.ok(turns.has(typed));
});

t.test('what is written on while it waits for its turn stays where it is', async (t) => {
  const queue = new SendQueue();
  const first = streamWith(queue, 20_000, 100);
  const second = streamWith(queue, 20_000, 100);
  second.sending.write(new Uint8Array(100));
  queue.wake(second);
  t.equal(queue.nextStream(true), first);
});

t.test('what a link that takes nothing keeps waiting does not grow', async (t) => {
  const queue = new SendQueue();
  for (let count = 0; count < 10_000; count++) {
    queue.addOnce({ type: 'response', token: new Uint8Array(8) });
    queue.addPing(count & 1);
  }
  t.ok(queue.once.length <= 64);
  t.same(queue.pings, [0, 1]);
});
