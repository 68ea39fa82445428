import type { NodeId } from '../../config/node-id.ts';
import type { FastRecord } from './fast-record.ts';

/**
 * The nodes that are there: those that this one hears, those that they say to hear, and so on. What a node said that
 * nobody hears any more does not count.
 */
export function heardNodes(own: Iterable<NodeId>, stateOf: (id: NodeId) => FastRecord | null): ReadonlySet<NodeId> {
  const heard = new Set<NodeId>(own);
  // A set may grow while it is walked through, and each is visited once.
  for (const id of heard) {
    const state = stateOf(id);
    if (state === null) continue;
    for (const neighbour of state.neighbours.keys()) heard.add(neighbour);
    for (const other of state.heard) heard.add(other);
  }
  return heard;
}
