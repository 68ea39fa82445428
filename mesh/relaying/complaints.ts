import type { NodeId } from '../../config/node-id.ts';
import { Allowance } from '../gossip/allowance.ts';

/** An origin is told so often of what came from itself, in ms; what it sends meanwhile may be much. */
const OWN_INTERVAL_MS = 500;
/** So much that came from one relay origins are told of at once, and then once in so many ms: it names whom it likes as origin. */
const RELAY_BURST = 4;
const RELAY_INTERVAL_MS = 30_000;

/** How often nodes may be told now that what they sent leads nowhere. Bounded by the 254 numbers. */
export class Complaints {
  readonly #own = new Map<NodeId, Allowance>();
  readonly #byRelay = new Map<NodeId, Allowance>();

  /** Whether this origin may be told now of a message that came from there, which then counts. */
  mayTell(origin: NodeId, from: NodeId, nowMs: number): boolean {
    const isProven = origin === from;
    const allowances = isProven ? this.#own : this.#byRelay;
    let allowance = allowances.get(from);
    if (allowance === undefined) {
      allowance = isProven ? new Allowance(1, OWN_INTERVAL_MS) : new Allowance(RELAY_BURST, RELAY_INTERVAL_MS);
      allowances.set(from, allowance);
    }
    return allowance.take(1, nowMs) > 0;
  }
}
