import t from 'tap';
import { fetchAll, type FetchResult } from '../../fixtures/session-fetches.ts';
import { lose, makePair } from '../../fixtures/session-loads.ts';
import { SOMEWHERE } from '../../fixtures/stream-load.ts';

/** What the sender of the answers sent, in packets. */
const answers = ({ pair }: FetchResult): number => pair.paths.get(0)!.carriers[1].sentPackets;
const at = (values: readonly number[], share: number): number => values[Math.floor(values.length * share)]!;

t.test('500 fetches of 100 KB over lossy links', async (t) => {
  for (const [rttMs, lossRate, rateMbps, isEarly, medianMs, p95Ms] of [
    [100, 0.01, 100, false, 255, 345],
    [100, 0.01, 100, true, 150, 230],
    [200, 0.05, 50, false, 500, 700],
    [200, 0.05, 50, true, 290, 500],
  ] as const) {
    const durationsMs = [1, 2, 3, 4, 5]
      .flatMap((seed) => {
        const link = { delayMs: rttMs / 2, lossRate, rateMbps, queueMs: 200 };
        return fetchAll({ seed, link, count: 100, bytes: 100_000, isEarly }).durationsMs;
      })
      .toSorted((a, b) => a - b);
    const name = `${rttMs} ms, ${lossRate}${isEarly ? ', early' : ''}`;
    t.ok(at(durationsMs, 0.5) < medianMs, `${name}: median ${at(durationsMs, 0.5)} ms`);
    t.ok(at(durationsMs, 0.95) < p95Ms, `${name}: p95 ${at(durationsMs, 0.95)} ms`);
  }
});

t.test('short exchanges hardly ever wait for a probe', async (t) => {
  const link = { delayMs: 100, lossRate: 0.05 };
  const { durationsMs } = fetchAll({ seed: 1, link, count: 1_000, bytes: 2_000 });
  t.ok(at(durationsMs, 0.97) < 410, `p97 ${at(durationsMs, 0.97)} ms`);
});

t.test('a clean path carries no parity', async (t) => {
  const clean = fetchAll({ seed: 1, link: { delayMs: 50, rateMbps: 100 }, count: 50, bytes: 100_000 });
  const path = clean.pair.b.session.activePath!;
  t.equal(path.outgoingLoss.share, 0);
  t.ok(answers(clean) < 50 * 95, `${answers(clean)} packets for 88 of data a fetch`);
});

t.test('losses are measured, and remembered over an idle hour', async (t) => {
  const { pair } = fetchAll({ seed: 2, link: { delayMs: 20, lossRate: 0.03 }, count: 40, bytes: 100_000 });
  const { outgoingLoss } = pair.b.session.activePath!;
  pair.runFor(5_000);
  t.ok(Math.abs(outgoingLoss.share - 0.03) < 0.012, `${outgoingLoss.share}`);
  const before = outgoingLoss.share;
  pair.runFor(3_600_000);
  t.equal(outgoingLoss.share, before);
});

t.test('a lost OPEN is restored: reported as recovered, a loss that needs no repair', async (t) => {
  const pair = makePair(t, { there: { delayMs: 50 } });
  const path = pair.a.session.activePath!;
  path.rtt.update(100, 0, 0);
  path.outgoingLoss.count(599, 14);
  lose(pair, (packetNumber) => packetNumber === 0, [0]);
  let heardAtMs = Infinity;
  pair.b.onStream = (stream) => {
    heardAtMs = pair.queue.nowMs;
    stream.accept(SOMEWHERE, 0);
  };
  pair.a.session.openStream(SOMEWHERE, 0);
  pair.runFor(200);
  t.equal(heardAtMs, 53, 'after the wait for more, not after a probe timeout');
  t.equal(pair.a.session.stats.bytesInFlight, 0);
  t.ok(path.outgoingLoss.share >= 15 / 601 - 1e-9, 'counted as lost');
  t.equal(path.rtt.minMs, 100, 'no sample from it');
  t.ok(pair.paths.get(0)!.carriers[0].sentPackets <= 5, 'OPEN, its parity, acknowledgements');
});
