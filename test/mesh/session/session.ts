import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import type { StreamEvent } from '../../../mesh/mesh-stream.ts';
import { Session } from '../../../mesh/session/session.ts';
import type { Stream } from '../../../mesh/session/stream.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';
import { SessionPair, type SessionPairOptions } from '../../fixtures/session-pair.ts';
import { EventQueue } from '../../fixtures/sim/event-queue.ts';
import { PacketFlow, type FailingTest, printFlowOnFailure } from '../../fixtures/sim/packet-flow.ts';
import { DatagramCarrier } from '../../fixtures/sim/sim-carrier.ts';
import { type LoadOptions, SOMEWHERE, StreamLoad } from '../../fixtures/stream-load.ts';

function makePair(test: FailingTest, options: Partial<SessionPairOptions> = {}): SessionPair {
  const flow = new PacketFlow();
  printFlowOnFailure(test, flow);
  return new SessionPair({ seed: 1, queue: new EventQueue(), flow, ...options });
}

const LOAD: LoadOptions = {
  salt: 1,
  isOpener: true,
  writeBytes: 200_000,
  readBytes: 200_000,
  chunkBytes: 10_000,
  writesEarly: true,
  finishes: 'at-once',
  readsByPolling: false,
  breaks: null,
};

/** Opens a stream from a to b with a load on both sides; the second is there once OPEN arrived. */
function load(pair: SessionPair, options: Partial<LoadOptions> = {}): StreamLoad[] {
  const loads: StreamLoad[] = [];
  const both = { ...LOAD, ...options };
  const { writeBytes, readBytes } = both;
  const far = { ...both, isOpener: false, writeBytes: readBytes, readBytes: writeBytes };
  pair.b.onStream = (stream) => loads.push(new StreamLoad(stream, far));
  loads.push(new StreamLoad(pair.a.session.openStream(SOMEWHERE, pair.queue.nowMs), both));
  return loads;
}

const isComplete = (loads: readonly StreamLoad[]) => (): boolean =>
  loads.length === 2 && loads.every((one) => one.isComplete);

/** A stream from a to b, and b's end of it. */
function openOne(pair: SessionPair): { near: Stream; far: Stream; farEvents: StreamEvent[] } {
  let far: Stream | null = null;
  const farEvents: StreamEvent[] = [];
  pair.b.onStream = (stream) => {
    far = stream;
    stream.onEvent = (event) => farEvents.push(event);
    stream.accept(SOMEWHERE, 1);
  };
  const near = pair.a.session.openStream(SOMEWHERE, pair.queue.nowMs);
  pair.runUntil(() => far !== null, 10_000);
  pair.runFor(500);
  return { near, far: far!, farEvents };
}

const sentPackets = (pair: SessionPair): number =>
  [...pair.paths.values()].reduce((sum, { carriers }) => sum + carriers[0].sentPackets + carriers[1].sentPackets, 0);

/** Loses packets of a from a number on, or all of both sides. */
function lose(pair: SessionPair, drops: (packetNumber: number) => boolean, sides: readonly (0 | 1)[] = [0, 1]): void {
  for (const { carriers } of pair.paths.values()) {
    for (const side of sides) {
      const carrier = carriers[side];
      if (carrier instanceof DatagramCarrier) carrier.drops = drops;
    }
  }
}

t.test('200 KB each way, then nothing is kept and nothing wakes', async (t) => {
  const pair = makePair(t, { there: { rateMbps: 50, delayMs: 20 } });
  const loads = load(pair);
  t.ok(pair.runUntil(isComplete(loads), 5_000), loads.map(({ progress }) => progress).join('; '));
  pair.runFor(2_000);
  const nothing = { streams: 0, bytesInFlight: 0, cachedBytes: 0, unreadBytes: 0, missingPackets: 0 };
  t.same(pair.a.session.stats, nothing);
  t.same(pair.b.session.stats, nothing);
  t.equal(pair.a.session.wakeAtMs, Infinity);
  t.equal(pair.b.session.wakeAtMs, Infinity);
  t.equal(pair.queue.length, 0);
});

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

t.test('ping: one pong, with the round trip', async (t) => {
  const pair = makePair(t, { there: { delayMs: 30 } });
  pair.a.session.ping(42);
  pair.runFor(2_000);
  t.match(pair.a.events, [{ type: 'pong', token: 42 }]);
  const [event] = pair.a.events;
  t.ok(event?.type === 'pong' && Math.abs(event.rttMs - 60) < 0.01);
});

t.test('frames of the mesh: once, or until they arrive', async (t) => {
  const pair = makePair(t);
  lose(pair, (packetNumber) => packetNumber === 0);
  pair.a.session.sendFrame({ type: 'want', bytes: Uint8Array.of(3) }, true);
  pair.a.session.sendFrame({ type: 'goodbye', reason: 'stopping', backInS: 0 }, false);
  pair.runFor(5_000);
  t.ok(pair.b.meshFrames.length > 0);
  for (const frame of pair.b.meshFrames.splice(0)) t.same(frame, { type: 'want', bytes: Uint8Array.of(3) });
  pair.a.session.sendFrame({ type: 'response', token: new Uint8Array(8) }, false);
  pair.runFor(5_000);
  t.equal(pair.b.meshFrames.length, 1);
  t.equal(pair.a.session.stats.bytesInFlight, 0);
  t.equal(pair.a.session.wakeAtMs, Infinity, 'nobody acknowledges a RESPONSE, nobody waits for it');
});

t.test('a path goes, another takes over, and nothing is lost', async (t) => {
  const pair = makePair(t, { there: { rateMbps: 20, delayMs: 10 } });
  const loads = load(pair, { writeBytes: 600_000, readBytes: 600_000 });
  pair.runFor(100);
  pair.addPath(128, { there: { rateMbps: 20, delayMs: 30 } }, false);
  t.equal(pair.a.session.activePath?.id, 0);
  pair.a.session.activate(128);
  t.equal(pair.a.session.activePath?.id, 128);
  pair.runFor(50);
  pair.dropPath(0);
  t.equal(pair.b.session.activePath?.id, 128);
  t.ok(pair.runUntil(isComplete(loads), 10_000), loads.map(({ progress }) => progress).join('; '));
  pair.a.session.activate(0);
  t.equal(pair.a.session.activePath?.id, 128, 'a path without a link is not activated');
});

t.test('no link at all: everything waits, and death comes in time', async (t) => {
  const pair = makePair(t, { deathAfterMs: 4_500 });
  const { near } = openOne(pair);
  pair.runFor(10_000);
  pair.dropPath(0);
  t.equal(pair.a.session.activePath, null);
  pair.runFor(3_600_000);
  t.notOk(pair.a.session.isEnded, 'nothing waits');
  near.write(new Uint8Array(10));
  pair.runFor(4_400);
  t.notOk(pair.a.session.isEnded);
  pair.runFor(200);
  t.ok(pair.a.session.isEnded);
});

t.test('a link comes back in time', async (t) => {
  const pair = makePair(t, { deathAfterMs: 4_500 });
  const loads = load(pair);
  pair.runFor(25);
  pair.dropPath(0);
  pair.runFor(4_000);
  pair.addPath(0, {}, true);
  t.ok(pair.runUntil(isComplete(loads), 5_000), loads.map(({ progress }) => progress).join('; '));
});

t.test('a reliable link: backpressure, no repair, large packets', async (t) => {
  const pair = makePair(t, {
    there: { rateMbps: 10, delayMs: 20 },
    maxPayloadBytes: 65_471,
    reliableBufferBytes: 100_000,
  });
  const loads = load(pair, { writeBytes: 2_000_000, readBytes: 2_000_000 });
  t.ok(pair.runUntil(isComplete(loads), 10_000), loads.map(({ progress }) => progress).join('; '));
  const { carriers } = pair.paths.get(0)!;
  for (const carrier of carriers) {
    if (carrier instanceof DatagramCarrier) throw new Error('not reliable');
    t.ok(carrier.peakWaitingBytes < 100_000 + 65_471, `${carrier.peakWaitingBytes} bytes wait at most`);
  }
  pair.runFor(2_000);
  t.equal(pair.a.session.wakeAtMs, Infinity);
  t.equal(pair.b.session.stats.bytesInFlight, 0);
});

t.test('from a reliable link that died mid-way to datagrams', async (t) => {
  const pair = makePair(t, {
    there: { rateMbps: 10, delayMs: 20 },
    maxPayloadBytes: 65_471,
    reliableBufferBytes: 300_000,
  });
  const loads = load(pair, { writeBytes: 1_000_000, readBytes: 1_000_000 });
  pair.runFor(300);
  pair.paths.get(0)!.there.up = false;
  pair.paths.get(0)!.back.up = false;
  pair.addPath(1, { there: { rateMbps: 10, delayMs: 20 } }, true);
  pair.dropPath(0);
  t.ok(pair.runUntil(isComplete(loads), 20_000), loads.map(({ progress }) => progress).join('; '));
});

t.test('a restart: every stream hears session-gone once, and new ones work', async (t) => {
  const pair = makePair(t, { there: { rateMbps: 20, delayMs: 10 } });
  const old = load(pair, { writeBytes: 500_000, readBytes: 500_000 });
  pair.runFor(100);
  pair.restart();
  t.same(
    old.map(({ cut }) => cut),
    ['session-gone', 'session-gone'],
  );
  const loads = load(pair);
  t.ok(pair.runUntil(isComplete(loads), 5_000));
  t.same(old.map(({ failure }) => failure), [null, null]);
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

t.test('an acknowledgement every eighth packet, more or less', async (t) => {
  const pair = makePair(t, { there: { rateMbps: 50, delayMs: 10 } });
  const loads = load(pair, { writeBytes: 1_000_000, readBytes: 0 });
  t.ok(pair.runUntil(isComplete(loads), 5_000), loads.map(({ progress }) => progress).join('; '));
  const [there, back] = pair.paths.get(0)!.carriers;
  t.ok(back.sentPackets < there.sentPackets / 6, `${back.sentPackets} for ${there.sentPackets}`);
});

t.test('wakes when told to, and says so once', async (t) => {
  let asked = 0;
  const peer = parseNodeId(2)!;
  const session = new Session({ peer, opensEvenStreams: true, deathAfterMs: 4_500, nowMs: 0, onWork: () => asked++ });
  const carrier = new RecordingCarrier();
  session.attachPath(0, carrier, false);
  t.equal(session.activePath?.id, 0, 'the only one is the active one');
  session.seedRtt(0, 40, 0);
  session.seedRtt(0, 400, 0);
  t.equal(session.activePath?.rtt.srttMs, 40);
  session.tick(0);
  t.equal(session.wakeAtMs, Infinity);
  const stream = session.openStream(SOMEWHERE, 1);
  t.equal(asked, 1);
  t.ok(session.wakeAtMs <= 1);
  session.tick(1);
  t.match(carrier.takeFrames(), [{ type: 'open' }]);
  stream.write(new Uint8Array(3));
  t.equal(asked, 2);
  carrier.writable = false;
  session.tick(2);
  t.same(carrier.takeFrames(), []);
  carrier.writable = true;
  session.resume();
  t.ok(session.wakeAtMs <= 2);
  session.tick(2);
  t.match(carrier.takeFrames(), [{ type: 'data' }]);
  session.detachPath(0);
  session.detachPath(9);
  session.attachPath(0, new RecordingCarrier(), true);
  session.end('shutting-down');
  session.end('shutting-down');
  t.equal(session.receive(0, 0, Uint8Array.of(1), 3), null);
  session.tick(4);
  t.equal(session.wakeAtMs, Infinity);
});
