import fc from 'fast-check';
import t from 'tap';
import type { PacketRange } from '../../../mesh/session/frame.ts';
import { ReceivedPackets } from '../../../mesh/session/received-packets.ts';
import { RttEstimator } from '../../../mesh/session/rtt-estimator.ts';

function make(): ReceivedPackets {
  const rtt = new RttEstimator();
  rtt.update(40, 0, 0);
  const received = new ReceivedPackets(rtt);
  received.missing.restart(true);
  return received;
}

/** After a first packet that is acknowledged at once. */
function awake(): ReceivedPackets {
  const received = make();
  received.receive(0, true, false, 0);
  received.takeAck(0);
  return received;
}

function numbersOf(ranges: readonly PacketRange[]): number[] {
  const numbers: number[] = [];
  for (const { first, last } of ranges) for (let n = last; n >= first; n--) numbers.push(n);
  return numbers;
}

t.test('the first packet after idleness is acknowledged at once', async (t) => {
  const received = make();
  received.receive(0, true, false, 0);
  t.ok(received.isAckDue(0));
  t.same(received.takeAck(0), { ranges: [{ first: 0, last: 0 }], delayMs: 0 });
  t.equal(received.ackAtMs, Infinity);
  received.receive(1, true, false, 150);
  t.notOk(received.isAckDue(150));
  received.receive(2, true, false, 351);
  t.ok(received.isAckDue(351));
});

t.test('then every eighth, or the first of them after 20 ms', async (t) => {
  const received = awake();
  for (let n = 1; n <= 7; n++) received.receive(n, true, false, n);
  t.notOk(received.isAckDue(7));
  t.equal(received.ackAtMs, 21);
  t.ok(received.isAckDue(21));
  received.receive(8, true, false, 8);
  t.ok(received.isAckDue(8));
  t.same(received.takeAck(9), { ranges: [{ first: 0, last: 8 }], delayMs: 1 });
  t.notOk(received.hasNews);
});

t.test('at once on what is urgent, on a gap and on what fills it', async (t) => {
  const urgent = awake();
  urgent.receive(1, true, true, 5);
  t.ok(urgent.isAckDue(5));
  const gap = awake();
  gap.receive(2, true, false, 5);
  t.ok(gap.isAckDue(5));
  gap.takeAck(5);
  gap.receive(1, true, false, 6);
  t.ok(gap.isAckDue(6));
});

t.test('packets that elicit nothing are only noted', async (t) => {
  const received = awake();
  for (let n = 1; n < 30; n++) received.receive(n, false, false, n);
  t.notOk(received.hasNews);
  t.equal(received.ackAtMs, Infinity);
  t.equal(received.largest, 29);
  t.notOk(received.isNew(29));
  t.ok(received.isNew(30));
});

t.test('what an acknowledged ACK said is not said again', async (t) => {
  const received = make();
  for (const n of [0, 1, 2, 5, 6, 9]) received.receive(n, true, false, 0);
  const { ranges } = received.takeAck(0);
  received.receive(10, true, false, 1);
  received.ackAcknowledged(ranges);
  t.same(numbersOf(received.takeAck(1).ranges), [10]);
});

t.test('but what came in between is, although it lies below', async (t) => {
  const received = make();
  for (const n of [0, 1, 2, 5, 6]) received.receive(n, true, false, 0);
  const { ranges } = received.takeAck(0);
  received.receive(3, true, false, 1);
  received.takeAck(1); // lost
  received.ackAcknowledged(ranges);
  received.receive(7, true, false, 2);
  t.same(numbersOf(received.takeAck(2).ranges), [7, 6, 3]);
});

t.test('every number is said until an ACK with it was acknowledged, and 32 ranges at most', async (t) => {
  const step = fc.oneof(
    fc.integer({ min: -40, max: 6 }),
    fc.constantFrom('ack' as const, 'seen' as const, 'lost' as const),
  );
  const property = fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
    const received = make();
    const unsaid = new Set<number>();
    const underWay: (readonly PacketRange[])[] = [];
    let largest = -1;
    let nowMs = 0;
    for (const one of steps) {
      nowMs += 3;
      if (typeof one === 'number') {
        const n = Math.max(0, largest + one);
        if (!received.isNew(n)) continue;
        received.receive(n, true, false, nowMs);
        unsaid.add(n);
        largest = Math.max(largest, n);
        if (received.largest !== largest) return false;
      } else if (one === 'ack' && received.hasNews) {
        const { ranges } = received.takeAck(nowMs);
        underWay.push(ranges);
        if (ranges.length > 32 || ranges[0]!.last !== largest) return false;
        const said = new Set(numbersOf(ranges));
        if (ranges.length < 32) for (const n of unsaid) if (!said.has(n)) return false;
        if (ranges.some(({ last }, index) => index > 0 && last > ranges[index - 1]!.first - 2)) return false;
      } else if (one === 'seen') {
        const ranges = underWay.shift();
        if (ranges === undefined) continue;
        received.ackAcknowledged(ranges);
        for (const n of numbersOf(ranges)) unsaid.delete(n);
      } else if (one === 'lost') underWay.shift();
    }
    return true;
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 1_000 }));
});

t.test('a peer that never shows that it saw one makes 256 ranges, no more', async (t) => {
  const received = make();
  for (let n = 0; n < 4_000; n += 2) received.receive(n, true, false, n);
  const seen = new Set<number>();
  for (let turn = 0; turn < 20; turn++) {
    const { ranges } = received.takeAck(4_000);
    for (const n of numbersOf(ranges)) seen.add(n);
    received.ackAcknowledged(ranges);
  }
  t.equal(seen.size, 256);
});

t.test('what the peer sent and never arrived, until it turns up or the path has another link', async (t) => {
  const received = make();
  for (let n = 0; n < 400; n++) if (n % 100 !== 50) received.receive(n, true, false, n);
  t.equal(received.loss.packets, 400);
  t.equal(received.loss.share, 4 / 400);
  received.receive(50, true, false, 500);
  t.equal(received.loss.share, 3 / 400);
  received.receive(5_000, true, false, 600);
  t.equal(received.loss.packets, 417, 'more skipped numbers than 16 at once are an outage');
  received.restart(true);
  t.equal(received.loss.packets, 0);
});
