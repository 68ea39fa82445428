import t from 'tap';
import { MissingPackets } from '../../../mesh/session/missing-packets.ts';
import { RttEstimator } from '../../../mesh/session/rtt-estimator.ts';

function make(rttMs = 80): MissingPackets {
  const rtt = new RttEstimator();
  for (let turn = 0; turn < 60; turn++) rtt.update(rttMs, 0, 0);
  const missing = new MissingPackets(rtt);
  missing.restart(true);
  return missing;
}

t.test('asked for after three later packets and 2 ms', async (t) => {
  const missing = make();
  missing.arrived(0, 1, 100); // 0 is missing
  t.equal(missing.wakeAtMs, 110, 'by time it would be srtt/8');
  missing.arrived(2, 2, 100.5);
  missing.arrived(3, 3, 101);
  t.equal(missing.wakeAtMs, 102);
  t.equal(missing.takeDue(101.9), null);
  t.same(missing.takeDue(102), [{ first: 0, last: 0 }]);
});

t.test('or max(4 ms, srtt/8) after the first later one', async (t) => {
  const slow = make(80);
  slow.arrived(0, 2, 0);
  t.same(slow.takeDue(10), [{ first: 0, last: 1 }]);
  const fast = make(8);
  fast.arrived(0, 1, 0);
  t.equal(fast.wakeAtMs, 4);
});

t.test('ever more rarely where nothing comes, and at once when something does', async (t) => {
  const missing = make(80);
  missing.arrived(0, 1, 0);
  const asked: number[] = [];
  const run = (untilMs: number): number => {
    const before = asked.length;
    for (let { wakeAtMs } = missing; wakeAtMs < untilMs; { wakeAtMs } = missing) {
      t.ok(missing.takeDue(wakeAtMs));
      asked.push(wakeAtMs);
    }
    return asked.length - before;
  };
  t.equal(run(1_000), 5);
  t.same(
    asked.map((ms) => Math.round(ms)),
    [10, 90, 180, 360, 720],
  );
  t.ok(run(10_000) <= 20);
  t.ok(run(60_000) <= 12);
  run(120_000);
  t.ok(run(7_200_000) <= 119, 'a minute apart');
  missing.arrived(2, 2, 7_210_000);
  t.equal(missing.wakeAtMs < 7_210_000, true);
  t.ok(missing.takeDue(7_210_000));
  t.ok(missing.wakeAtMs < 7_210_100);
});

t.test('asked again until the request was acknowledged', async (t) => {
  const missing = make(80);
  missing.arrived(0, 1, 0);
  t.ok(missing.takeDue(10));
  const first = missing.wakeAtMs - 10;
  t.ok(first >= 80 && first < 85, `after srtt + 4 rttvar: ${first}`);
  t.equal(missing.takeDue(50), null);
  const again = missing.takeDue(10 + first);
  t.same(again, [{ first: 0, last: 0 }]);
  missing.requestAcknowledged(again!);
  t.equal(missing.count, 0);
  t.equal(missing.wakeAtMs, Infinity);
  const fast = make(1);
  fast.arrived(0, 1, 0);
  fast.takeDue(4);
  t.equal(fast.wakeAtMs, 24, 'but not before 20 ms');
});

t.test('one that turns up is not asked for', async (t) => {
  const missing = make();
  missing.arrived(0, 3, 0);
  missing.turnedUp(1, 1);
  t.same(missing.takeDue(100), [
    { first: 2, last: 2 },
    { first: 0, last: 0 },
  ]);
  missing.turnedUp(0, 101);
  missing.turnedUp(2, 101);
  t.equal(missing.count, 0);
  t.equal(missing.wakeAtMs, Infinity);
});

t.test('patience grows where what was asked for was only late', async (t) => {
  const missing = make(80);
  let next = 0;
  const askAndTurnUp = (atMs: number): number => {
    missing.arrived(next, next + 1, atMs);
    const askedAtMs = missing.wakeAtMs;
    missing.takeDue(askedAtMs);
    missing.turnedUp(next, askedAtMs + 5);
    next += 2;
    return askedAtMs - atMs;
  };
  const waits = Array.from({ length: 12 }, (_, turn) => askAndTurnUp(1_000 * turn));
  t.ok(Math.abs(waits[0]! - 10) < 0.01);
  t.ok(
    waits.every((wait, index) => index === 0 || wait >= waits[index - 1]!),
    waits.join(' '),
  );
  t.ok(Math.abs(waits.at(-1)! - 80) < 0.01, 'up to a round trip');
  // Three later packets are no longer enough either.
  missing.arrived(next, next + 1, 20_000);
  for (let n = next + 2; n < next + 6; n++) missing.arrived(n, n, 20_001);
  t.ok(missing.wakeAtMs > 20_010);
  missing.restart(true);
  missing.arrived(0, 1, 30_000);
  t.ok(Math.abs(missing.wakeAtMs - 30_010) < 0.01, 'a new link is judged anew');
});

t.test('a repair that crossed the request does not count as late', async (t) => {
  const missing = make(80);
  missing.arrived(0, 1, 0);
  missing.takeDue(10);
  missing.turnedUp(0, 10 + 79);
  missing.arrived(2, 3, 1_000);
  t.ok(Math.abs(missing.wakeAtMs - 1_010) < 0.01);
});

t.test('numbers that a peer skips take bounded memory', async (t) => {
  const missing = make();
  missing.arrived(0, 2 ** 47, 0);
  t.equal(missing.count, 8_192);
  missing.arrived(2 ** 47 + 1, 2 ** 48 - 1, 1);
  t.equal(missing.count, 8_192);
  t.same(missing.takeDue(100), [{ first: 2 ** 48 - 1 - 8_192, last: 2 ** 48 - 2 }]);
});

t.test('at most 32 ranges in a request, the oldest first; the others follow', async (t) => {
  const missing = make();
  for (let n = 1; n < 100; n += 2) missing.arrived(n - 1, n, 0);
  const first = missing.takeDue(50)!;
  t.equal(first.length, 32);
  t.same(first.at(-1), { first: 0, last: 0 });
  t.ok(missing.wakeAtMs <= 50);
  t.equal(missing.takeDue(50)!.length, 18);
  t.equal(missing.takeDue(50), null);
});

t.test('reliable links have no gaps', async (t) => {
  const missing = make();
  missing.restart(false);
  missing.arrived(0, 50, 0);
  t.equal(missing.count, 0);
  t.equal(missing.wakeAtMs, Infinity);
});
