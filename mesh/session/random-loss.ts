/** Bytes over which the share is formed; older ones count half as much each time as many more are seen. */
const MEMORY_BYTES = 500_000;
/** So many bytes without loss are assumed before anything is known: a few packets prove nothing. */
const PRIOR_BYTES = 40_000;
/** More than this is never taken for random. */
const MAX_SHARE = 0.3;

/**
 * How much a path loses whatever is sent: the share of bytes lost while the sender kept below the bottleneck's rate on
 * purpose. What a full queue drops does not happen then, so this tells losses of the two kinds apart
 * (PROTOCOL section 4).
 */
export class RandomLoss {
  #calmFromMs = Number.POSITIVE_INFINITY;
  #calmUntilMs = Number.POSITIVE_INFINITY;
  #lostBytes = 0;
  #seenBytes = 0;

  /** From 0 to 0.3. */
  get share(): number {
    return Math.min(MAX_SHARE, this.#lostBytes / (this.#seenBytes + PRIOR_BYTES));
  }

  /** From now on less is sent than the path carries. */
  calmBegan(nowMs: number): void {
    this.#calmFromMs = nowMs;
    this.#calmUntilMs = Number.POSITIVE_INFINITY;
  }

  /** From now on no more. */
  calmEnded(nowMs: number): void {
    this.#calmUntilMs = Math.min(this.#calmUntilMs, nowMs);
  }

  /** Counts a packet whose fate is known. */
  count(bytes: number, sentAtMs: number, isLost: boolean): void {
    if (sentAtMs < this.#calmFromMs || sentAtMs >= this.#calmUntilMs) return;
    this.#seenBytes += bytes;
    if (isLost) this.#lostBytes += bytes;
    if (this.#seenBytes <= MEMORY_BYTES) return;
    this.#seenBytes /= 2;
    this.#lostBytes /= 2;
  }
}
