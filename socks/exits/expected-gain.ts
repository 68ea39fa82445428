/** A time in ms that is expected, and how far off it usually is. */
export interface Guess {
  readonly meanMs: number;
  readonly deviationMs: number;
}

/**
 * How much less than `bestMs` something is expected to take, in ms, where it may just as well take more: at least 0.
 * Guesses have logistic distributions: nearly normal, with more far off, and with sums that need no tables.
 */
export function gainOverGuess(bestMs: number, { meanMs, deviationMs }: Guess): number {
  const scale = (deviationMs * Math.sqrt(3)) / Math.PI;
  const by = (bestMs - meanMs) / scale;
  // The logarithm of what would be too large a power.
  return by > 30 ? bestMs - meanMs : scale * Math.log1p(Math.exp(by));
}

/** The same of something that takes `leastMs` and then any time, `restMs` in the mean (exponentially distributed). */
export function gainOverAnything(bestMs: number, leastMs: number, restMs: number): number {
  const room = bestMs - leastMs;
  return room <= 0 ? 0 : room - restMs * (1 - Math.exp(-room / restMs));
}
