const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** When to say HELLO with a new ephemeral key to a peer that has not shown to know it: at once, then ever more rarely. */
export class KeyAnnouncement {
  #atMs = Number.POSITIVE_INFINITY;
  #pauseMs = FIRST_PAUSE_MS;

  get wakeAtMs(): number {
    return this.#atMs;
  }

  /** There is a new key. */
  start(nowMs: number): void {
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#atMs = nowMs;
  }

  /** It was announced. */
  announced(nowMs: number): void {
    this.#atMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /** The peer knows it, or there is nobody to tell. */
  stop(): void {
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
