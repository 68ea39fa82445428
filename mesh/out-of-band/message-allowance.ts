import type { NodeId } from '../../config/node-id.ts';

/** How many messages each member may send, or is sent: so many a second for long, so many at once after a pause. */
export class MessageAllowance {
  readonly #perSecond: number;
  readonly #atOnce: number;
  /** What is left to each member, and when that was. Members are 254 at most. */
  readonly #left = new Map<NodeId, { readonly count: number; readonly atMs: number }>();

  constructor(perSecond: number, atOnce: number) {
    this.#perSecond = perSecond;
    this.#atOnce = atOnce;
  }

  /** True where one more is allowed now; it counts. */
  take(id: NodeId, nowMs: number): boolean {
    const last = this.#left.get(id) ?? { count: this.#atOnce, atMs: nowMs };
    const count = Math.min(this.#atOnce, last.count + ((nowMs - last.atMs) * this.#perSecond) / 1_000);
    this.#left.set(id, { count: count >= 1 ? count - 1 : count, atMs: nowMs });
    return count >= 1;
  }
}
