import type { NodeId } from '../config/node-id.ts';

/** As many servers keep sessions with each other, all with all. */
const MAX_FULL = 24;

/**
 * With which other servers a server keeps sessions: with all of them where there are few, else with those 1, 2, 4, 8 and
 * so on places from it in the order of numbers, to both sides. So both ends want a session, and the servers stay
 * joined where many of them die at once.
 */
export function serversToKeep(ownId: NodeId, servers: Iterable<NodeId>): ReadonlySet<NodeId> {
  const others = [...new Set(servers)].filter((id) => id !== ownId).sort((a, b) => a - b);
  if (others.length <= MAX_FULL) return new Set(others);
  const ring = [...others, ownId].sort((a, b) => a - b);
  const own = ring.indexOf(ownId);
  const kept = new Set<NodeId>();
  for (let distance = 1; distance <= ring.length / 2; distance *= 2) {
    kept.add(ring[(own + distance) % ring.length]!);
    kept.add(ring[(own - distance + ring.length) % ring.length]!);
  }
  return kept;
}
