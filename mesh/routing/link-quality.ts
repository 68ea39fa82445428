/** What a link between two nodes is like, there and back alike. */
export interface LinkQuality {
  /** Smoothed, in ms; null where it was not measured. */
  readonly rttMs: number | null;
  /** How much round trips differ, in ms. */
  readonly jitterMs: number;
  /** Of packets, from 0 to 1. */
  readonly lossShare: number;
}

/** What is taken for a round trip that nobody measured, in ms. */
const UNMEASURED_RTT_MS = 300;
/** How much later than a round trip a repair arrives, since a gap must first be taken for a loss, in ms. */
const REPAIR_DELAY_MS = 20;

/** What one way over the link is expected to cost, in ms: the time, and what jitter and repairs add to it. */
export function linkCostMs({ rttMs, jitterMs, lossShare }: LinkQuality): number {
  const knownRttMs = rttMs ?? UNMEASURED_RTT_MS;
  return knownRttMs / 2 + jitterMs + lossShare * (knownRttMs + REPAIR_DELAY_MS);
}
