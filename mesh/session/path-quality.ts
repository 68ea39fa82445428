import type { LinkQuality } from '../routing/link-quality.ts';
import { guardedLossShare } from './packet-guard.ts';
import type { SessionPath } from './session-path.ts';

/** What a path is like, as far as its packets have shown. Queues and jitter are what a round trip takes more than the shortest. */
export function qualityOf(path: SessionPath): LinkQuality {
  const { rtt } = path;
  const lossShare = guardedLossShare(path);
  if (!rtt.hasSample) return { rttMs: null, jitterMs: 0, lossShare };
  return { rttMs: rtt.srttMs, jitterMs: Math.min(rtt.rttvarMs, Math.max(0, rtt.srttMs - rtt.minMs)), lossShare };
}
