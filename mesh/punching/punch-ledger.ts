/** What others tell of an address makes this node send there once in so long, in ms, and to no more addresses in that time. */
const PERIOD_MS = 3_600_000;
const MAX_ADDRESSES = 256;

/** Which addresses were sent to because others said so: nobody can have this node send a stranger more than one message an hour. */
export class PunchLedger {
  /** When each was sent to, oldest first. */
  readonly #sentAtMs = new Map<string, number>();

  /** True where the address may be sent one message now; it counts. */
  take(url: string, nowMs: number): boolean {
    for (const [old, atMs] of this.#sentAtMs) {
      if (nowMs - atMs < PERIOD_MS) break;
      this.#sentAtMs.delete(old);
    }
    if (this.#sentAtMs.has(url) || this.#sentAtMs.size >= MAX_ADDRESSES) return false;
    this.#sentAtMs.set(url, nowMs);
    return true;
  }

  /** A member has proven itself there: it is no stranger's. */
  proven(url: string): void {
    this.#sentAtMs.delete(url);
  }
}
