import type { SessionPath } from './session-path.ts';

/** What each relay on the way is expected to add, in ms: its load, and one more thing that can fail. */
const RELAY_MS = 4;
/** How much later than its successors a packet may come before it is asked for again, in round trips. */
const REORDERING_RTT_SHARE = 1 / 8;

/**
 * What a packet on this path is expected to cost, in ms: one way, jitter, and what repairing a lost one takes. The round
 * trip is the least of the last half minute, since what a sender adds by filling its own queue says nothing of the path. Nor does
 * the variation that is assumed of a new path (half the round trip, RFC 6298 section 2.2): it counts as far as it shows.
 */
export function pathCostMs({ rtt, outgoingLoss, carrier }: SessionPath): number {
  const { minMs, srttMs, rttvarMs } = rtt;
  const jitterMs = rtt.hasSample ? Math.min(rttvarMs, srttMs - minMs) : rttvarMs;
  const repairMs = minMs * (1 + REORDERING_RTT_SHARE);
  return minMs / 2 + jitterMs + outgoingLoss.share * repairMs + RELAY_MS * (carrier?.relayCount ?? 0);
}
