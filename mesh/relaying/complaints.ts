import type { NodeId } from '../../config/node-id.ts';

/** An origin is told so often that its messages lead nowhere, in ms; what it sends meanwhile may be much. */
const INTERVAL_MS = 500;

/** When origins were told last that they can't be helped. */
export class Complaints {
  readonly #saidAtMs = new Map<NodeId, number>();

  /** Whether this origin may be told now, which then counts. */
  mayTell(origin: NodeId, nowMs: number): boolean {
    if (nowMs - (this.#saidAtMs.get(origin) ?? Number.NEGATIVE_INFINITY) < INTERVAL_MS) return false;
    this.#saidAtMs.set(origin, nowMs);
    return true;
  }
}
