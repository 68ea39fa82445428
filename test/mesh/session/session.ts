import t from 'tap';
import { parseNodeId } from '../../../config/node-id.ts';
import { Session } from '../../../mesh/session/session.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';
import { SessionPair } from '../../fixtures/session-pair.ts';
import { EventQueue } from '../../fixtures/sim/event-queue.ts';
import { PacketFlow } from '../../fixtures/sim/packet-flow.ts';
import { isComplete, load, lose, makePair, openOne } from '../../fixtures/session-loads.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

t.test('200 KB each way, then nothing is kept and nothing wakes', async (t) => {
  const pair = makePair(t, { there: { rateMbps: 50, delayMs: 20 } });
  const loads = load(pair);
  t.ok(pair.runUntil(isComplete(loads), 5_000), loads.map(({ progress }) => progress).join('; '));
  pair.runFor(2_000);
  const nothing = {
    streams: 0,
    bytesInFlight: 0,
    maxMessageBytes: 1_232,
    cachedBytes: 0,
    unreadBytes: 0,
    missingPackets: 0,
    waitingSegments: 0,
  };
  t.same(pair.a.session.stats, nothing);
  t.same(pair.b.session.stats, nothing);
  t.equal(pair.a.session.wakeAtMs, Infinity);
  t.equal(pair.b.session.wakeAtMs, Infinity);
  t.equal(pair.queue.length, 0);
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

t.test('a failing test can draw what crossed, with the names of the frames', async (t) => {
  const flow = new PacketFlow();
  const pair = new SessionPair({ seed: 1, queue: new EventQueue(), flow });
  openOne(pair).near.write(new Uint8Array(3));
  pair.runFor(1_000);
  const [first, ...others] = flow.last();
  t.match(first, { from: 'a', to: 'b', sentMs: 0, arrivesMs: 10, fate: 'delivered', label: '#0 OPEN 0' });
  t.ok(others.some(({ label }) => label.includes('OPENED 0')));
  t.ok(others.some(({ label }) => label.includes('DATA 0@0+3')));
  t.ok(others.some(({ label }) => /ACK 0:0/.test(label)));
  t.match(flow.draw(), /OPEN 0/);
});
