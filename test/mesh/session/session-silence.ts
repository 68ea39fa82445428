import t from 'tap';
import type { StreamEvent } from '../../../mesh/mesh-stream.ts';
import { isComplete, load, lose, makePair, openOne, sentPackets } from '../../fixtures/session-loads.ts';

t.test('hours of idleness: no packet, no death', async (t) => {
  const pair = makePair(t, { deathAfterMs: 4_500 });
  const { near, far } = openOne(pair);
  const before = sentPackets(pair);
  pair.runFor(8 * 3_600_000);
  t.equal(sentPackets(pair), before);
  t.same(pair.a.events, []);
  near.write(new Uint8Array(5));
  pair.runFor(1_000);
  t.equal(far.read()?.length, 5);
});

t.test('death: 4.5 s after the last sign while something is outstanding, once, and each stream hears it', async (t) => {
  const pair = makePair(t, { deathAfterMs: 4_500 });
  const { near } = openOne(pair);
  const events: StreamEvent[] = [];
  near.onEvent = (event) => events.push(event);
  pair.runFor(60_000);
  lose(pair, () => true);
  const sinceMs = pair.queue.nowMs;
  near.write(new Uint8Array(5));
  pair.runFor(4_450);
  t.same(pair.a.events, []);
  t.ok(pair.a.session.isSuspect);
  pair.runUntil(() => pair.a.events.length > 0, 1_000);
  t.ok(Math.abs(pair.queue.nowMs - sinceMs - 4_500) < 1, `after ${pair.queue.nowMs - sinceMs} ms`);
  pair.runFor(60_000);
  t.same(pair.a.events, [{ type: 'dead' }]);
  t.same(events, [{ type: 'reset', reason: 'session-gone' }]);
  t.ok(pair.a.session.isEnded);
  t.equal(pair.a.session.wakeAtMs, Infinity);
  t.same(pair.b.events, [], 'b had nothing outstanding');
});

t.test('who opened a stream and only receives asks once for each pause, and notices death', async (t) => {
  const pair = makePair(t, { deathAfterMs: 4_500 });
  const { near, far } = openOne(pair);
  pair.runFor(60_000);
  const packetsFor = (run: () => void): number => {
    const before = sentPackets(pair);
    run();
    return sentPackets(pair) - before;
  };
  const receive = (): void => {
    far.write(new Uint8Array(5));
    pair.runUntil(() => near.read() !== null, 1_000);
  };
  receive();
  pair.runFor(60_000);
  receive();
  t.equal(
    packetsFor(() => pair.runFor(60_000)),
    3,
    'an ACK, PING, an ACK',
  );
  receive();
  pair.runFor(30);
  lose(pair, () => true);
  const sinceMs = pair.queue.nowMs;
  pair.runUntil(() => pair.a.events.length > 0, 10_000);
  const tookMs = pair.queue.nowMs - sinceMs;
  t.ok(tookMs > 4_500 && tookMs < 5_500, `after ${tookMs} ms`);
  t.same(pair.a.events, [{ type: 'dead' }]);
});

t.test('a slow path gets three probe timeouts', async (t) => {
  const pair = makePair(t, { deathAfterMs: 4_500, there: { delayMs: 1_000 } });
  const { near } = openOne(pair);
  pair.runFor(10_000);
  lose(pair, () => true);
  const sinceMs = pair.queue.nowMs;
  const ptoMs = pair.a.session.activePath!.rtt.probeTimeoutMs;
  near.write(new Uint8Array(5));
  t.ok(pair.runUntil(() => pair.a.events.length > 0, 60_000));
  t.ok(3 * ptoMs > 4_500 && Math.abs(pair.queue.nowMs - sinceMs - 3 * ptoMs) < 1, `${pair.queue.nowMs - sinceMs} ms`);
});

t.test('after a sleep there is amnesty, and a probe at once', async (t) => {
  const pair = makePair(t, { deathAfterMs: 4_500 });
  const { near, far } = openOne(pair);
  lose(pair, () => true);
  near.write(new Uint8Array(5));
  pair.runFor(1_000);
  lose(pair, () => false);
  // The machine sleeps: the clock jumps, nothing ran.
  const { queue } = pair;
  const session = pair.a.session;
  queue.at(queue.nowMs, () => session.wokeUp(queue.nowMs + 7_200_000));
  queue.at(queue.nowMs + 1, () => {});
  queue.run({ untilMs: queue.nowMs });
  session.tick(queue.nowMs + 7_200_000);
  t.notOk(session.isEnded);
  t.same(pair.a.events, []);
  pair.runFor(1_000);
  t.equal(far.read()?.length, 5);
});

t.test('a session that waits silence out probes seldom, and goes on where it was', async (t) => {
  const pair = makePair(t);
  const { near, far } = openOne(pair);
  lose(pair, () => true);
  near.write(new Uint8Array(5));
  const before = sentPackets(pair);
  pair.runFor(2 * 3_600_000);
  const probes = sentPackets(pair) - before;
  t.ok(probes < 200, `${probes} packets in two hours of silence`);
  t.same(pair.a.events, []);
  lose(pair, () => false);
  pair.a.session.wokeUp(pair.queue.nowMs);
  pair.runFor(500);
  t.equal(far.read()?.length, 5);
});

t.test('a lost tail is found by the probe, a gap by the receiver', async (t) => {
  const pair = makePair(t, { there: { delayMs: 20 } });
  const { near, far } = openOne(pair);
  const fromMs = pair.queue.nowMs;
  lose(pair, () => true, [0]);
  near.write(new Uint8Array(100));
  pair.runFor(1);
  lose(pair, () => false, [0]);
  let tailMs = 0;
  pair.runUntil(() => {
    tailMs = pair.queue.nowMs - fromMs;
    return far.read() !== null;
  }, 5_000);
  t.ok(tailMs < 2 * pair.a.session.activePath!.rtt.probeTimeoutMs + 20, `tail after ${tailMs} ms`);
  // One in the middle of many.
  let dropped = false;
  lose(pair, () => !dropped && (dropped = true), [0]);
  const gapFromMs = pair.queue.nowMs;
  near.write(new Uint8Array(20_000));
  near.finish();
  let read = 0;
  const isRead = (): boolean => {
    for (let piece = far.read(); piece !== null; piece = far.read()) read += piece.length;
    return read === 20_000;
  };
  t.ok(pair.runUntil(isRead, 5_000));
  const gapMs = pair.queue.nowMs - gapFromMs;
  t.ok(gapMs < 3 * 20 + 40, `gap repaired within three one-way trips and pacing: ${gapMs} ms`);
});

t.test('REPAIR is asked for again where it is lost', async (t) => {
  const pair = makePair(t, { there: { delayMs: 20 } });
  const { near, far } = openOne(pair);
  let dropped = false;
  lose(pair, () => !dropped && (dropped = true), [0]);
  near.write(new Uint8Array(5_000));
  pair.runUntil(() => pair.b.session.stats.missingPackets > 0, 1_000);
  const lostFrom = pair.paths.get(0)!.carriers[1].sentPackets;
  lose(pair, (packetNumber) => packetNumber < lostFrom + 6 && pair.queue.nowMs < 900, [1]);
  let read = 0;
  const isRead = (): boolean => {
    for (let piece = far.read(); piece !== null; piece = far.read()) read += piece.length;
    return read === 5_000;
  };
  t.ok(pair.runUntil(isRead, 3_000));
  pair.runFor(3_000);
  t.equal(pair.b.session.stats.missingPackets, 0);
  t.equal(pair.a.session.stats.bytesInFlight, 0);
});

t.test('a reader that sleeps is not asked all the time, and wakes everything', async (t) => {
  const pair = makePair(t, { deathAfterMs: 4_500 });
  const loads = load(pair, { writeBytes: 400_000, readBytes: 400_000, readsByPolling: true });
  pair.runFor(10_000);
  const before = sentPackets(pair);
  pair.runFor(3_600_000);
  const inAnHour = sentPackets(pair) - before;
  t.ok(inAnHour > 0 && inAnHour < 600, `${inAnHour} packets in an hour of BLOCKED`);
  t.same(pair.a.events, []);
  const isDone = (): boolean => {
    for (const one of loads) one.poll();
    return isComplete(loads)();
  };
  for (let turn = 0; turn < 200 && !isDone(); turn++) pair.runFor(50);
  t.ok(isDone(), loads.map(({ progress }) => progress).join('; '));
});

t.test('a peer that dies while it gives no credit is noticed', async (t) => {
  const pair = makePair(t, { deathAfterMs: 4_500 });
  load(pair, { readsByPolling: true, writeBytes: 400_000, readBytes: 400_000 });
  pair.runFor(30_000);
  t.notOk(pair.a.session.isEnded);
  lose(pair, () => true);
  pair.runFor(75_000);
  t.ok(pair.a.session.isEnded);
});
