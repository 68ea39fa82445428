import t from 'tap';
import { SeededRandom } from './fixtures/sim/seeded-random.ts';
import type { SimLinkOptions } from './fixtures/sim/sim-link-options.ts';
import { SimLink } from './fixtures/sim/sim-link.ts';

function make(options: Partial<SimLinkOptions>, seed = 1): SimLink {
  return new SimLink(new SeededRandom(seed), options);
}

function isWithin(count: number, trials: number, rate: number): boolean {
  return Math.abs(count - trials * rate) <= 4 * Math.sqrt(trials * rate * (1 - rate));
}

t.test('an empty link delays and does nothing else', (t) => {
  const link = make({ delayMs: 12.5 });
  for (let nowMs = 0; nowMs < 100; nowMs++) {
    t.equal(link.offer(nowMs, 1500), nowMs + 12.5);
    t.equal(link.copyArrivesMs(nowMs), -1);
    t.equal(link.corrupt(new Uint8Array(10)), false);
  }
  t.match(link.counters, { sent: 100, sentBytes: 150_000, lost: 0, queueDropped: 0, maxQueueMs: 0, meanQueueMs: 0 });
  t.end();
});

t.test('loss is within binomial bounds over 100,000 packets', (t) => {
  for (const lossRate of [0, 0.001, 0.02, 0.5, 1]) {
    const link = make({ lossRate });
    let lost = 0;
    for (let count = 0; count < 100_000; count++) if (link.offer(count, 100) < 0) lost++;
    t.ok(isWithin(lost, 100_000, lossRate), `${lost} of 100,000 lost at ${lossRate}`);
    t.equal(link.counters.lost, lost);
  }
  t.end();
});

t.test('burst losses come as often and as long as asked', (t) => {
  const link = make({ burstLoss: { enterRate: 0.01, leaveRate: 0.2, lossRate: 1 } });
  let bursts = 0;
  let wasLost = false;
  for (let count = 0; count < 100_000; count++) {
    const isLost = link.offer(count, 100) < 0;
    if (isLost && !wasLost) bursts++;
    wasLost = isLost;
  }
  const share = link.counters.lost / 100_000;
  const meanLength = link.counters.lost / bursts;
  t.ok(Math.abs(share - 0.01 / 0.21) < 0.006, `share ${share}`);
  t.ok(Math.abs(meanLength - 5) < 0.4, `mean burst of ${meanLength}`);
  t.end();
});

t.test('jitter keeps the order unless told otherwise', (t) => {
  for (const jitterShape of ['uniform', 'exponential'] as const) {
    const kept = make({ jitterMs: 20, jitterShape });
    const mixed = make({ jitterMs: 20, jitterShape, keepsOrder: false });
    let overtakes = 0;
    let sumMs = 0;
    let previousKept = 0;
    let previousMixed = 0;
    for (let count = 0; count < 20_000; count++) {
      const keptMs = kept.offer(count, 100);
      const mixedMs = mixed.offer(count, 100);
      if (keptMs < previousKept) t.fail(`packet ${count} overtook`);
      if (mixedMs < previousMixed) overtakes++;
      sumMs += mixedMs - count - 10;
      previousKept = keptMs;
      previousMixed = mixedMs;
    }
    const meanMs = jitterShape === 'uniform' ? 10 : 20;
    t.ok(overtakes > 5000, `${overtakes} overtakes`);
    t.ok(Math.abs(sumMs / 20_000 - meanMs) < 0.5, `mean ${jitterShape} jitter ${sumMs / 20_000}`);
  }
  t.end();
});

t.test('reordering holds some packets back and no others', (t) => {
  const link = make({ reorderRate: 0.1, reorderMs: 5 });
  let heldBack = 0;
  for (let count = 0; count < 100_000; count++) {
    const flightMs = link.offer(count, 100) - count;
    if (flightMs === 15) heldBack++;
    else if (flightMs !== 10) t.fail(`took ${flightMs} ms`);
  }
  t.ok(isWithin(heldBack, 100_000, 0.1), `${heldBack} held back`);
  t.equal(link.counters.reordered, heldBack);
  t.end();
});

t.test('duplicates and corruptions are as frequent as asked', (t) => {
  const link = make({ duplicateRate: 0.05, corruptRate: 0.03, jitterMs: 2 });
  let copies = 0;
  let corrupted = 0;
  for (let count = 0; count < 100_000; count++) {
    const arrivesMs = link.offer(count, 100);
    const copyMs = link.copyArrivesMs(arrivesMs);
    if (copyMs >= 0) {
      copies++;
      if (copyMs < arrivesMs || copyMs >= arrivesMs + 2) t.fail(`a copy ${copyMs - arrivesMs} ms later`);
    }
    const bytes = new Uint8Array(9);
    const isCorrupted = link.corrupt(bytes);
    let flipped = 0;
    for (const byte of bytes) for (let bit = 0; bit < 8; bit++) flipped += (byte >> bit) & 1;
    if (isCorrupted ? flipped < 1 || flipped > 3 : flipped > 0) t.fail(`${flipped} bits flipped`);
    if (isCorrupted) corrupted++;
  }
  t.ok(isWithin(copies, 100_000, 0.05), `${copies} copies`);
  t.ok(isWithin(corrupted, 100_000, 0.03), `${corrupted} corrupted`);
  t.match(link.counters, { duplicated: copies, corrupted });
  t.end();
});

t.test('gives exactly the configured rate and drops the tail', (t) => {
  // 1,250 bytes at 10 Mbit/s take 1 ms; they come every half millisecond, twice the rate.
  const link = make({ rateMbps: 10, queueMs: 20, delayMs: 30 });
  const arrivals: number[] = [];
  for (let count = 0; count < 4000; count++) {
    const arrivesMs = link.offer(count / 2, 1250);
    if (arrivesMs >= 0) arrivals.push(arrivesMs);
    else if (link.fate !== 'queue') t.fail(`packet ${count}: ${link.fate}`);
  }
  t.ok(Math.abs(arrivals[0]! - 31) < 1e-9, 'transmission, then flight');
  arrivals.forEach((arrivesMs, index) => {
    if (Math.abs(arrivesMs - (index + 31)) > 1e-6) t.fail(`packet ${index} at ${arrivesMs} ms`);
  });
  t.equal(arrivals.length, 2020, 'two seconds of the rate and a full queue');
  t.equal(link.counters.queueDropped, 4000 - arrivals.length);
  t.ok(Math.abs(link.counters.maxQueueMs - 20) < 1e-6);
  t.ok(link.counters.meanQueueMs > 19 && link.counters.meanQueueMs < 20);
  link.resetCounters();
  t.ok(Math.abs(link.queueMsAt(2000) - 20) <= 1, 'counting anew does not empty the queue');
  t.equal(link.counters.sent, 0);
  t.end();
});

t.test('a queue of ten packets takes ten packets at once', (t) => {
  for (const bytes of [100, 1232, 1499]) {
    const link = make({ rateMbps: 7, queueMs: Infinity, queueBytes: 10 * bytes });
    const passed = Array.from({ length: 30 }, () => link.offer(5, bytes)).filter((arrivesMs) => arrivesMs >= 0);
    t.equal(passed.length, 10);
  }
  t.end();
});

t.test('larger than the MTU is dropped, whatever else', (t) => {
  const link = make({ mtuBytes: 1400 });
  t.equal(link.offer(0, 1400), 10);
  t.equal(link.offer(0, 1401), -1);
  t.equal(link.fate, 'mtu');
  t.equal(link.counters.mtuDropped, 1);
  t.end();
});

t.test('outages by the clock and by the switch', (t) => {
  const outages = [
    { fromMs: 200, untilMs: 300 },
    { fromMs: 100, untilMs: 200 },
    { fromMs: 500, untilMs: 600 },
  ];
  const link = make({ outages });
  const passes = [99, 100, 199, 200, 299, 300, 499, 500, 599, 600].map((nowMs) => link.offer(nowMs, 1) >= 0);
  t.same(passes, [true, false, false, false, false, true, true, false, false, true]);
  t.equal(link.fate, 'passed');
  t.equal(link.nextUpMs(50), 50);
  t.equal(link.nextUpMs(150), 300, 'windows that touch are one, in whatever order');
  let calls = 0;
  link.up = false;
  link.whenSwitchedOn(() => calls++);
  t.equal(link.nextUpMs(700), Infinity);
  t.equal(link.offer(700, 1), -1);
  t.equal(link.fate, 'outage');
  t.equal(calls, 0);
  link.up = true;
  link.up = true;
  t.equal(calls, 1);
  t.equal(link.offer(700, 1), 710);
  t.equal(link.counters.outageDropped, 7);
  t.end();
});

t.test('switching one vice on leaves the decisions of the others alone', (t) => {
  const plain = make({ lossRate: 0.1 });
  const rich = make({ lossRate: 0.1, jitterMs: 5, duplicateRate: 0.2, reorderRate: 0.1, corruptRate: 0.3 });
  for (let count = 0; count < 2000; count++) {
    const isLost = plain.offer(count, 100) < 0;
    const arrivesMs = rich.offer(count, 100);
    if (arrivesMs < 0 !== isLost) t.fail(`packet ${count}`);
    if (arrivesMs < 0) continue;
    rich.copyArrivesMs(arrivesMs);
    rich.corrupt(new Uint8Array(100));
  }
  t.equal(plain.counters.lost, rich.counters.lost);
  t.end();
});

t.test('refuses options that make no sense', (t) => {
  const bad: Partial<SimLinkOptions>[] = [
    { delayMs: -1 },
    { delayMs: Infinity },
    { jitterMs: NaN },
    { lossRate: 1.1 },
    { duplicateRate: -0.1 },
    { rateMbps: 0 },
    { queueMs: -1 },
    { mtuBytes: NaN },
    { burstLoss: { enterRate: 2, leaveRate: 0, lossRate: 0 } },
    { outages: [{ fromMs: 2, untilMs: 1 }] },
  ];
  for (const options of bad) t.throws(() => make(options), RangeError, JSON.stringify(options));
  t.end();
});
