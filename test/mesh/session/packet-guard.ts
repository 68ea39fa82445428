import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import { guardedLossShare, PacketGuard } from '../../../mesh/session/packet-guard.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { SessionStreams } from '../../../mesh/session/session-streams.ts';
import type { Stream } from '../../../mesh/session/stream.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

t.test('which paths are lossy', async (t) => {
  const path = new SessionPath(0, new RecordingCarrier());
  t.equal(guardedLossShare(path), 0);
  path.received.loss.count(100, 2);
  t.equal(guardedLossShare(path), 2 / 300, "the peer's losses, for want of better");
  path.outgoingLoss.count(1_000, 0);
  t.equal(guardedLossShare(path), 0, 'the own direction is known');
  path.outgoingLoss.count(0, 2);
  t.equal(guardedLossShare(path), 0, '0.2 %');
  path.outgoingLoss.count(0, 2);
  t.equal(guardedLossShare(path), 0.004);
  path.attach(new RecordingCarrier());
  t.equal(guardedLossShare(path), 0, 'a new link');
  path.outgoingLoss.count(10, 5);
  path.attach(new RecordingCarrier({ reliable: true }));
  path.outgoingLoss.count(10, 5);
  t.equal(guardedLossShare(path), 0, 'a reliable link');
});

/** A stream whose OPEN and first bytes are sent, with more to send. */
function sentAndUnsent(streams: SessionStreams, sentBytes: number, unsentBytes: number): Stream {
  const stream = streams.open(SOMEWHERE);
  streams.queue.opens.length = 0;
  stream.write(new Uint8Array(sentBytes + unsentBytes));
  stream.dataSent({ offset: 0, bytes: sentBytes, last: false });
  streams.queue.update(stream);
  return stream;
}

const makeStreams = (): SessionStreams =>
  new SessionStreams({ peer: parseNodeId(2)!, opensEvenStreams: true, nowMs: 0 });

t.test('a bulk transfer is not looked at packet by packet within a turn, unless it is about to end', async (t) => {
  for (const [unsentBytes, isLookedAt] of [
    [98_304 + 1_167, true],
    [98_304 + 1_168, false],
    [1_000_000, false],
  ] as const) {
    const guard = new PacketGuard();
    const streams = makeStreams();
    const bulk = sentAndUnsent(streams, 131_072, unsentBytes);
    t.notOk(guard.wants(streams, 1_168, 0));
    bulk.dataLost({ offset: 0, bytes: 100, last: false });
    t.equal(guard.wants(streams, 1_168, 0), isLookedAt, `${unsentBytes}`);
    guard.begin();
    t.ok(guard.wants(streams, 1_168, 0), 'in the next turn');
  }
  const guard = new PacketGuard();
  const streams = makeStreams();
  const bulk = sentAndUnsent(streams, 131_072, 1_000_000);
  t.notOk(guard.wants(streams, 1_168, 0));
  bulk.dataLost({ offset: 0, bytes: 100, last: false });
  let packets = 0;
  while (!guard.wants(streams, 1_168, 0)) packets++;
  t.equal(packets, 32, 'nor for more than these');
  guard.begin();
  sentAndUnsent(streams, 131_072, 1_000_000);
  bulk.dataSent({ offset: 0, bytes: 100, last: false });
  streams.queue.update(bulk);
  t.notOk(guard.wants(streams, 1_168, 0));
  sentAndUnsent(streams, 20_000, 1_000_000);
  streams.queue.remove(bulk);
  t.notOk(guard.wants(streams, 1_168, 0), 'the second bulk transfer');
});

t.test('OPEN, answers and the first 128 KB are guarded, bulk is not', async (t) => {
  const guard = new PacketGuard();
  const streams = makeStreams();
  t.notOk(guard.wants(streams, 1_168, 0));
  streams.queue.control.push({ frame: { type: 'digest', bytes: new Uint8Array(2) }, stream: null });
  t.notOk(guard.wants(streams, 1_168, 0), 'gossip');
  const stream = streams.open(SOMEWHERE);
  t.ok(guard.wants(streams, 1_168, 0), 'OPEN');
  streams.queue.opens.length = 0;
  streams.queueControl({ type: 'stop', streamId: 0, reason: 'reset-by-near' }, stream);
  t.ok(guard.wants(streams, 1_168, 0), 'about a stream');
  streams.queue.control.length = 0;
  const start = sentAndUnsent(streams, 131_071, 50_000);
  t.ok(guard.wants(streams, 1_168, 0), 'the last of 128 KB');
  streams.queue.remove(start);
  const bulk = sentAndUnsent(streams, 131_072, 50_000);
  t.notOk(guard.wants(streams, 1_168, 0), 'bulk');
  bulk.dataLost({ offset: 0, bytes: 100, last: false });
  t.ok(guard.wants(streams, 1_168, 0), 'a repair of the start');
});

t.test('the ends of bursts are guarded within a budget', async (t) => {
  const guard = new PacketGuard();
  const streams = makeStreams();
  const stream = sentAndUnsent(streams, 200_000, 936);
  let guarded = 0;
  while (guard.wants(streams, 1_168, 0)) guarded++;
  t.equal(guarded, 16, '16 KB at once');
  t.notOk(guard.wants(streams, 1_168, 600));
  t.ok(guard.wants(streams, 1_168, 700), '1 KB a second');
  for (let n = 0; n < 10; n++) guard.unguarded(1_168);
  t.ok(guard.wants(streams, 1_168, 700), 'an eighth of what was sent');
  t.notOk(guard.wants(streams, 1_168, 700));
  const other = sentAndUnsent(streams, 200_000, 936);
  t.notOk(guard.wants(streams, 1_168, 90_000), 'not the last');
  streams.queue.remove(other);
  t.ok(guard.wants(streams, 1_168, 90_000));
  stream.write(new Uint8Array(5_000));
  t.notOk(guard.wants(streams, 1_168, 90_000), 'not the end');
});
