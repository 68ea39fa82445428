/** Nothing is asked sooner after the last data than this, in ms. */
const LEAST_PATIENCE_MS = 250;

/**
 * When a side whose streams got data, and now get none, asks whether the peer is still there: once for each pause. Whoever
 * only receives has nothing unanswered, and would learn from the other side alone that the way is dead. A peer that does
 * not hear this side sends the same again and again: only what is new counts.
 */
export class AwaitedData {
  #askedAtMs = Number.NEGATIVE_INFINITY;

  /**
   * When to ask; Infinity where that was done, or is not needed.
   * @param cameAtMs when bytes of a stream last came that had not been here.
   */
  dueAtMs(cameAtMs: number, probeTimeoutMs: number): number {
    if (cameAtMs <= this.#askedAtMs || cameAtMs === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return cameAtMs + Math.max(LEAST_PATIENCE_MS, probeTimeoutMs);
  }

  /** The question goes out now, or need not. */
  asked(nowMs: number): void {
    this.#askedAtMs = nowMs;
  }
}
