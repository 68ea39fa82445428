/** Nothing is asked sooner after the last data than this, in ms. */
const LEAST_PATIENCE_MS = 250;

/**
 * When a side whose streams got data, and now nothing at all, asks whether the peer is still there: once for each pause. Whoever
 * only receives has nothing unanswered, and would learn from the other side alone that the way is dead.
 */
export class AwaitedData {
  #askedAtMs = Number.NEGATIVE_INFINITY;

  /**
   * When to ask; Infinity where that was done, or is not needed.
   * @param cameAtMs when the peer last sent something about a stream. @param heardAtMs when it last sent anything.
   */
  dueAtMs(cameAtMs: number, heardAtMs: number, probeTimeoutMs: number): number {
    if (cameAtMs <= this.#askedAtMs || cameAtMs === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return heardAtMs + Math.max(LEAST_PATIENCE_MS, probeTimeoutMs);
  }

  /** The question goes out now, or need not. */
  asked(nowMs: number): void {
    this.#askedAtMs = nowMs;
  }
}
