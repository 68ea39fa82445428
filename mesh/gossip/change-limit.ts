import type { NodeId } from '../../config/node-id.ts';

const MAX_CHANGES = 60;
const PERIOD_MS = 3_600_000;

/** At most sixty record changes an owner in any hour: what one node says must not keep the whole mesh busy. */
export class ChangeLimit {
  /** When the last changes of each owner were counted, oldest first. */
  readonly #countedMs = new Map<NodeId, number[]>();

  /** True where the owner has used the hour's changes up. */
  isExhausted(id: NodeId, nowMs: number): boolean {
    const times = this.#countedMs.get(id);
    return times !== undefined && times.length === MAX_CHANGES && nowMs - times[0]! < PERIOD_MS;
  }

  /** Counts one change. */
  count(id: NodeId, nowMs: number): void {
    const times = this.#countedMs.get(id) ?? [];
    times.push(nowMs);
    if (times.length > MAX_CHANGES) times.shift();
    this.#countedMs.set(id, times);
  }

  /** The number has another owner. */
  forget(id: NodeId): void {
    this.#countedMs.delete(id);
  }
}
