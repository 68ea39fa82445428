import type { NodeId } from '../../config/node-id.ts';
import { Allowance } from '../gossip/allowance.ts';

/** How many messages each member may send, or is sent: so many a second for long, so many at once after a pause. */
export class MessageAllowance {
  readonly #perSecond: number;
  readonly #atOnce: number;
  /** By member, of which there are 254 at most. */
  readonly #allowances = new Map<NodeId, Allowance>();

  constructor(perSecond: number, atOnce: number) {
    this.#perSecond = perSecond;
    this.#atOnce = atOnce;
  }

  /** True where one more is allowed now; it counts. */
  take(id: NodeId, nowMs: number): boolean {
    let allowance = this.#allowances.get(id);
    if (allowance === undefined) {
      allowance = new Allowance(this.#atOnce, 1_000 / this.#perSecond);
      this.#allowances.set(id, allowance);
    }
    return allowance.take(1, nowMs) > 0;
  }
}
