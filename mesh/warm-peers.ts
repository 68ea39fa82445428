import type { NodeId } from '../config/node-id.ts';

/** As many sessions are kept alive all the way, NATs included. */
const MAX_WARM = 2;

/** What decides whether a session is kept warm. */
export interface WarmCandidate {
  readonly id: NodeId;
  /** In ms; null where it was not measured. */
  readonly rttMs: number | null;
  /** It is needed whatever its round trip: it sends changes, or is in use. */
  readonly isNeeded: boolean;
}

/**
 * Which sessions with servers and exits a node that is no server keeps warm. The others rest: nothing is sent there until
 * they are used or somebody else misses the other end.
 */
export function warmPeers(candidates: readonly WarmCandidate[]): ReadonlySet<NodeId> {
  const needed = candidates.filter(({ isNeeded }) => isNeeded);
  const nearest = candidates
    .filter(({ isNeeded }) => !isNeeded)
    .sort((a, b) => (a.rttMs ?? Number.POSITIVE_INFINITY) - (b.rttMs ?? Number.POSITIVE_INFINITY) || a.id - b.id);
  const warm = [...needed, ...nearest.slice(0, Math.max(0, MAX_WARM - needed.length))];
  return new Set(warm.map(({ id }) => id));
}
