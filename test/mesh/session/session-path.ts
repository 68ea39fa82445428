import t from 'tap';
import type { SentPacket } from '../../../mesh/session/sent-packets.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';

const PING = Uint8Array.of(1);
const ACK_ONLY = Uint8Array.of(2, 0, 0, 0, 0, 0);
const nobody = (): void => {};

function make(rttMs = 100): { path: SessionPath; carrier: RecordingCarrier } {
  const carrier = new RecordingCarrier();
  const path = new SessionPath(3, carrier);
  for (let turn = 0; turn < 60; turn++) path.rtt.update(rttMs, 0, 0);
  return { path, carrier };
}

/** Sends something that wants an answer. */
function send(path: SessionPath, nowMs: number): void {
  path.send(PING, [{ type: 'once' }], nowMs);
}

t.test('packet numbers go up from 0, over all links of the path', async (t) => {
  const { path, carrier } = make();
  send(path, 0);
  path.send(ACK_ONLY, null, 0);
  const lost: number[] = [];
  path.detach(({ packetNumber }) => lost.push(packetNumber));
  t.same(lost, [0]);
  t.equal(path.carrier, null);
  const next = new RecordingCarrier();
  path.attach(next);
  send(path, 1);
  t.same(
    [...carrier.packets, ...next.packets].map(({ packetNumber }) => packetNumber),
    [0, 1, 2],
  );
});

t.test('only what wants an answer is in flight', async (t) => {
  const { path } = make();
  path.send(ACK_ONLY, null, 0);
  t.equal(path.sent.count, 0);
  t.equal(path.answers.probeAtMs, Infinity);
  send(path, 0);
  t.equal(path.sent.bytesInFlight, 1 + 64);
});

t.test('probes back off: half a second at most at first, five seconds later, then a minute', async (t) => {
  const { path } = make(100);
  send(path, 0);
  const probes: number[] = [];
  while (path.answers.probeAtMs < 300_000) {
    const nowMs = path.answers.probeAtMs;
    path.answers.probed(nowMs);
    send(path, nowMs);
    probes.push(nowMs);
  }
  const gaps = probes.map((atMs, index) => atMs - (probes[index - 1] ?? 0));
  t.ok(Math.abs(gaps[0]! - 129) < 0.1, `the first after srtt + 4 + 25 ms: ${gaps[0]}`);
  t.ok(Math.abs(gaps[1]! - 258) < 0.1);
  const gapsFrom = (fromMs: number, untilMs: number): number[] =>
    gaps.filter((_, index) => probes[index]! > fromMs && probes[index]! <= untilMs);
  t.ok(Math.max(...gapsFrom(0, 10_000)) <= 500);
  t.ok(gapsFrom(16_000, 60_000).every((gap) => gap === 5_000));
  t.ok(gapsFrom(130_000, 300_000).every((gap) => gap === 60_000));
  t.ok(path.answers.unansweredProbes > 20);
  path.answers.heard(300_000);
  t.equal(path.answers.unansweredProbes, 0);
  t.ok(Math.abs(path.answers.probeAtMs - 300_129) < 0.1);
});

t.test('after a sleep it probes at once', async (t) => {
  const { path } = make();
  send(path, 0);
  for (let turn = 0; turn < 8; turn++) path.answers.probed(path.answers.probeAtMs);
  path.answers.forgive(7_200_000);
  t.ok(path.answers.probeAtMs <= 7_200_000);
  t.equal(path.answers.unansweredProbes, 0);
});

t.test('a new link does not inherit patience or round trips', async (t) => {
  const { path } = make(900);
  send(path, 0);
  for (let turn = 0; turn < 8; turn++) path.answers.probed(path.answers.probeAtMs);
  path.detach(nobody);
  path.attach(new RecordingCarrier());
  t.equal(path.answers.unansweredProbes, 0);
  t.notOk(path.rtt.hasSample);
  send(path, 50_000);
  t.equal(path.answers.probeAtMs, 50_000 + 625);
});

t.test('an ACK gives a round trip, and each packet once', async (t) => {
  const { path } = make(100);
  for (let nowMs = 0; nowMs < 5; nowMs++) send(path, nowMs);
  const acked: number[] = [];
  const note = ({ packetNumber }: SentPacket): void => void acked.push(packetNumber);
  path.acknowledge([{ first: 1, last: 2 }], 0, 52, note, nobody);
  t.equal(path.rtt.latestMs, 50);
  path.acknowledge([{ first: 0, last: 2 }], 0, 60, note, nobody);
  t.equal(path.rtt.latestMs, 50, 'an old number says nothing about now');
  t.same(acked, [1, 2, 0]);
  path.acknowledge([{ first: 0, last: 2 ** 48 }], 0, 70, note, nobody);
  t.same(acked, [1, 2, 0, 3, 4], 'numbers never sent are nothing');
  t.equal(path.sent.bytesInFlight, 0);
});

t.test('what long was overtaken is given up, though nobody asks for it', async (t) => {
  const { path } = make(100);
  send(path, 0);
  send(path, 380);
  send(path, 400);
  const lost: number[] = [];
  path.acknowledge([{ first: 1, last: 1 }], 0, 480, nobody, ({ packetNumber }) => lost.push(packetNumber));
  t.same(lost, []);
  path.acknowledge([{ first: 2, last: 2 }], 0, 500, nobody, ({ packetNumber }) => lost.push(packetNumber));
  t.same(lost, [0]);
  t.equal(path.sent.count, 0);
});

t.test('REPAIR takes packets out of flight, unknown ones are nothing', async (t) => {
  const { path } = make();
  for (let turn = 0; turn < 4; turn++) send(path, 0);
  const lost: number[] = [];
  const note = ({ packetNumber }: SentPacket): void => void lost.push(packetNumber);
  path.repair([{ first: 1, last: 2 }], note);
  path.repair([{ first: 1, last: 2 }], note);
  path.repair([{ first: 100, last: 2 ** 48 }], note);
  t.same(lost, [1, 2]);
  t.equal(path.sent.count, 2);
});

t.test('data goes while the link, the window and the pacer allow', async (t) => {
  const { path, carrier } = make(100);
  t.ok(path.allowsData(0));
  carrier.writable = false;
  t.notOk(path.allowsData(0));
  t.equal(path.dataAtMs, Infinity);
  carrier.writable = true;
  let sent = 0;
  let nowMs = 0;
  for (; sent < 1_000;) {
    if (path.allowsData(nowMs)) {
      path.send(new Uint8Array(1_168), [{ type: 'once' }], nowMs);
      sent++;
    } else if (path.dataAtMs === Infinity) break;
    else {
      t.ok(path.dataAtMs > nowMs);
      nowMs = path.dataAtMs;
    }
  }
  t.equal(sent, 32, 'the initial window');
  t.ok(nowMs > 0, `spread over ${nowMs} ms`);
  path.acknowledge([{ first: 0, last: 0 }], 0, 100, nobody, nobody);
  t.ok(path.allowsData(100));
});

t.test('a reliable link is neither paced nor limited', async (t) => {
  const carrier = new RecordingCarrier({ reliable: true, maxPayloadBytes: 60_000 });
  const path = new SessionPath(0, carrier);
  for (let turn = 0; turn < 1_000; turn++) {
    if (!path.allowsData(0)) t.fail('held back');
    path.send(new Uint8Array(60_000), [{ type: 'once' }], 0);
  }
  carrier.writable = false;
  t.notOk(path.allowsData(0));
  path.acknowledge([{ first: 0, last: 999 }], 0, 20, nobody, nobody);
  t.equal(path.sent.count, 0);
  t.equal(path.rtt.latestMs, 20);
});

/** A path with room for more than the base, and something full sent on it. */
function makeFull(): { path: SessionPath; carrier: RecordingCarrier } {
  const carrier = new RecordingCarrier({ maxProbePayloadBytes: 1_408 });
  const path = new SessionPath(0, carrier);
  path.rtt.update(100, 0, 0);
  path.send(new Uint8Array(1_168), [{ type: 'once' }], 0);
  path.acknowledge([{ first: 0, last: 0 }], 0, 100, nobody, nobody);
  return { path, carrier };
}

t.test('a probe for a larger size goes out alone, after a full packet, and is not in flight', async (t) => {
  const { path, carrier } = makeFull();
  send(path, 100);
  path.probeMtu(100);
  t.equal(carrier.packets.length, 3, 'the packet before was full');
  t.match(carrier.packets[2], { packetNumber: 2, bytes: 1_408, frames: [{ type: 'ping' }] });
  t.equal(carrier.flushes, 2);
  t.equal(path.sent.bytesInFlight, 65);
  path.acknowledge([{ first: 1, last: 1 }], 0, 200, nobody, nobody);
  t.equal(path.answers.probeAtMs, Infinity);
  path.repair([{ first: 2, last: 2 }], () => t.fail('nothing of it is repaired'));
  send(path, 300);
  path.probeMtu(300);
  t.equal(carrier.packets.length, 4, 'not after a short packet');
  path.send(new Uint8Array(1_168), [{ type: 'once' }], 300);
  path.probeMtu(300);
  t.equal(carrier.packets.length, 6);
  path.acknowledge([{ first: 5, last: 5 }], 0, 400, nobody, nobody);
  t.equal(path.maxPayloadBytes, 1_408);
  t.equal(path.maxMessageBytes, 1_472);
  t.equal(path.mtuState, 'searching');
});

t.test('what parity restored is delivered, what is too large beside it is lost', async (t) => {
  const { path } = makeFull();
  for (let index = 0; index < 10; index++) path.send(new Uint8Array(1_168), [{ type: 'once' }], 100 + 50 * index);
  path.send(PING, [{ type: 'once' }], 600);
  const restored: number[] = [];
  const lost: number[] = [];
  path.repair(
    [{ first: 1, last: 4 }],
    ({ packetNumber }) => restored.push(packetNumber),
    ({ packetNumber }) => lost.push(packetNumber),
  );
  t.same(restored, [1, 2, 3, 4]);
  t.same(
    lost.toSorted((x, y) => x - y),
    [5, 6, 7, 8, 9, 10],
  );
});

t.test('what is in flight and too large is given back when the path has shrunk', async (t) => {
  const { path } = makeFull();
  for (let index = 0; index < 10; index++) path.send(new Uint8Array(1_168), [{ type: 'once' }], 100 + 50 * index);
  path.send(PING, [{ type: 'once' }], 600);
  t.ok(path.mayBeTooLarge);
  const lost: number[] = [];
  path.repair([{ first: 1, last: 4 }], ({ packetNumber }) => lost.push(packetNumber));
  t.same(
    lost.toSorted((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
  t.equal(path.maxPayloadBytes, 484);
  t.equal(path.sent.count, 1);
  t.notOk(path.mayBeTooLarge);
});

t.test('a path that lost its link keeps nothing of what it received', async (t) => {
  const { path } = make();
  path.received.receive(0, true, false, 0);
  path.received.receive(9_000, true, false, 0);
  path.parityReader.guarded(9_000, Uint8Array.of(0x1f, 1));
  t.ok(path.received.missing.count > 8_000);
  path.detach(nobody);
  t.equal(path.received.missing.count, 0, 'the peer repeats it by itself where it moves to another link');
  const sum = Uint8Array.of(0, 3, 1, 1);
  const ranges = [{ first: 8_999, last: 9_000 }];
  t.same(path.parityReader.parity({ type: 'parity', pathId: 3, row: 0, ranges, bytes: sum }), []);
});
