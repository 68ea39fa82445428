import type { NodeId } from '../../config/node-id.ts';

/** Among as many servers everybody has a session with everybody, and a change is told to all of them by who brings it in. */
const MAX_TOLD_BY_ONE = 32;

/**
 * To which servers a server passes a change on (PROTOCOL section 5): to all it has a session with where it brings it
 * in, so that it is everywhere after one hop; what came from a server only to the next and the previous number and
 * one more, drawn, which reaches those that have no session with the first.
 *
 * @param servers those with a session, whatever their order; `drawn` is a random byte.
 */
export function serversToTell(
  ownId: NodeId,
  servers: readonly NodeId[],
  isBroughtIn: boolean,
  drawn: number,
): readonly NodeId[] {
  const ring = servers.toSorted((a, b) => a - b);
  if (ring.length <= 3 || (isBroughtIn && ring.length <= MAX_TOLD_BY_ONE)) return ring;
  const next = Math.max(
    0,
    ring.findIndex((id) => id > ownId),
  );
  const told = isBroughtIn ? MAX_TOLD_BY_ONE : 3;
  const last = ring.length - 1;
  const around = [ring[next]!, ring[(next + last) % ring.length]!];
  // From a drawn place on, evenly all around the rest of the ring.
  const others = told - around.length;
  const step = (last - 1) / others;
  const start = (drawn / 256) * step;
  for (let index = 0; index < others; index++) {
    const offset = 1 + Math.floor(start + index * step);
    around.push(ring[(next + offset) % ring.length]!);
  }
  return around;
}
