import type { NodeId } from '../../config/node-id.ts';

/** One way to a node. */
export interface Route {
  /** The nodes that pass messages on, none to two of them, the one on the origin's side first. */
  readonly relays: readonly NodeId[];
  /** What one way is expected to cost, in ms: time, and what jitter, losses and relays add to it. */
  readonly costMs: number;
}

/** Knows by which relays other nodes can be reached. */
export interface RouteSource {
  /**
   * The ways to a node as far as is known, best first: at most four over relays, disjoint where possible, and the direct
   * one, which has none. Empty where none is known.
   */
  routes(destination: NodeId, nowMs: number): readonly Route[];
}
