import fc from 'fast-check';
import t from 'tap';
import { gainOverAnything, gainOverGuess } from '../../../socks/exits/expected-gain.ts';

/** The mean gain over what is drawn, by numeric integration over shares of the distribution. */
function meanGain(bestMs: number, msAtShare: (share: number) => number): number {
  const steps = 200_000;
  let sum = 0;
  for (let step = 0; step < steps; step++) sum += Math.max(0, bestMs - msAtShare((step + 0.5) / steps));
  return sum / steps;
}

t.test('the mean of what is gained over a guess', async (t) => {
  for (const [bestMs, meanMs, deviationMs] of [
    [100, 80, 10],
    [100, 100, 25],
    [100, 130, 25],
  ] as const) {
    const scale = (deviationMs * Math.sqrt(3)) / Math.PI;
    const integral = meanGain(bestMs, (share) => meanMs + scale * Math.log(share / (1 - share)));
    t.ok(Math.abs(gainOverGuess(bestMs, { meanMs, deviationMs }) - integral) < 0.01, `${bestMs} over ${meanMs}`);
  }
});

t.test('the mean of what is gained over a time that may be anything from some on', async (t) => {
  for (const [bestMs, leastMs, restMs] of [
    [100, 80, 15],
    [100, 10, 15],
    [100, 99, 50],
  ] as const) {
    const integral = meanGain(bestMs, (share) => leastMs - restMs * Math.log(1 - share));
    t.ok(Math.abs(gainOverAnything(bestMs, leastMs, restMs) - integral) < 0.01, `${bestMs} over ${leastMs}`);
  }
  t.equal(gainOverAnything(50, 50, 15), 0);
  t.equal(gainOverAnything(50, 90, 15), 0, 'nothing to be gained, and nothing to be lost');
});

t.test('never less than nothing, never more than all, and more the longer the best takes', async () => {
  const ms = fc.double({ min: 0.1, max: 3_000, noNaN: true });
  fc.assert(
    fc.property(ms, ms, ms, ms, (bestMs, meanMs, deviationMs, moreMs) => {
      const guess = { meanMs, deviationMs };
      const gains = [gainOverGuess(bestMs, guess), gainOverAnything(bestMs, meanMs, deviationMs)] as const;
      const later = [
        gainOverGuess(bestMs + moreMs, guess),
        gainOverAnything(bestMs + moreMs, meanMs, deviationMs),
      ] as const;
      return gains.every((gain, which) => gain >= 0 && Number.isFinite(gain) && later[which]! >= gain - 1e-6);
    }),
    { seed: 5 },
  );
});
