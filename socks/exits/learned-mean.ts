/** Share of a new sample; the first few count as their plain mean. */
const GAIN = 0.25;

/** No past counts for more samples than this, so it can be outweighed. */
const MAX_WEIGHT = 16;

/** In how many ms round trips count for half: routes change over days. */
const ROUND_TRIP_HALF_LIFE_MS = 3 * 86_400_000;

/** In how many ms failures count for half: what failed is often repaired within hours. */
const OUTCOME_HALF_LIFE_MS = 3_600_000;

/** Longer than any round trip, in ms. */
export const MAX_SAMPLE_MS = 30_000;

/** What was learned about one exit and one site, network or country. */
export interface LearnedMean {
  meanMs: number;
  deviationMs: number;
  /** Samples that count, as of `sampledAtMs`. */
  weight: number;
  /** Wall clock, in ms since 1970. */
  sampledAtMs: number;
  /** Share of connections that failed, 0 to 1. */
  failureRate: number;
  /** Outcomes that count, as of `outcomeAtMs`. */
  outcomes: number;
  outcomeAtMs: number;
}

/** What is known before anything was. */
export function nothingLearned(): LearnedMean {
  return { meanMs: 0, deviationMs: 0, weight: 0, sampledAtMs: 0, failureRate: 0, outcomes: 0, outcomeAtMs: 0 };
}

/** Samples that still count at this time: half after three days. */
export function weightAt(mean: LearnedMean, wallMs: number): number {
  return decayed(mean.weight, wallMs - mean.sampledAtMs, ROUND_TRIP_HALF_LIFE_MS);
}

/** Outcomes that still count at this time: half after an hour. */
export function outcomesAt(mean: LearnedMean, wallMs: number): number {
  return decayed(mean.outcomes, wallMs - mean.outcomeAtMs, OUTCOME_HALF_LIFE_MS);
}

/** Adds a sample to `mean`, in ms. */
export function addSample(mean: LearnedMean, sampleMs: number, wallMs: number): void {
  const weight = weightAt(mean, wallMs);
  const gain = Math.max(GAIN, 1 / (weight + 1));
  const error = sampleMs - mean.meanMs;
  mean.meanMs += gain * error;
  // RFC 6298 §2.2: half of the first sample.
  mean.deviationMs += gain === 1 ? sampleMs / 2 - mean.deviationMs : GAIN * (Math.abs(error) - mean.deviationMs);
  mean.weight = Math.min(MAX_WEIGHT, weight + 1);
  mean.sampledAtMs = Math.max(mean.sampledAtMs, wallMs);
}

/** Adds whether a connection came about to `mean`. */
export function addOutcome(mean: LearnedMean, failed: boolean, wallMs: number): void {
  const outcomes = outcomesAt(mean, wallMs);
  mean.failureRate += Math.max(GAIN, 1 / (outcomes + 1)) * ((failed ? 1 : 0) - mean.failureRate);
  mean.outcomes = Math.min(MAX_WEIGHT, outcomes + 1);
  mean.outcomeAtMs = Math.max(mean.outcomeAtMs, wallMs);
}

/** A clock that went back makes nothing younger than new. */
function decayed(weight: number, ageMs: number, halfLifeMs: number): number {
  return ageMs <= 0 ? weight : weight * 2 ** (-ageMs / halfLifeMs);
}
