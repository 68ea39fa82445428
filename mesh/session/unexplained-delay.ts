/** A window of two round trips, and the bursts beyond it, make round trips no longer than this share of the least one, and by so many ms. */
const MAX_OWN_ROUND_TRIPS = 3;
const MAX_OWN_EXTRA_MS = 50;

/**
 * For how long all round trips have been longer than what is in flight from here explains, as far as the path is the one that was
 * measured: then it is another one, or far slower.
 */
export class UnexplainedDelay {
  #sinceMs = Number.POSITIVE_INFINITY;

  /** Takes an ACK's round trip, and the least one, in ms. */
  update(rttMs: number, minRttMs: number, nowMs: number): void {
    const isExplained = rttMs <= MAX_OWN_ROUND_TRIPS * minRttMs + MAX_OWN_EXTRA_MS;
    this.#sinceMs = isExplained ? Number.POSITIVE_INFINITY : Math.min(this.#sinceMs, nowMs);
  }

  /** Whether that has been so for this long. */
  lasts(durationMs: number, nowMs: number): boolean {
    return nowMs - this.#sinceMs >= durationMs;
  }
}
