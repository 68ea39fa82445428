const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** When to say HELLO with a new ephemeral key to a peer that has not shown to know it: at once, or when it is heard, then ever more rarely. */
export class KeyAnnouncement {
  #atMs = Number.POSITIVE_INFINITY;
  #isPutOff = false;
  #pauseMs = FIRST_PAUSE_MS;

  get wakeAtMs(): number {
    return this.#atMs;
  }

  /** Whether it waits for a word of the peer. */
  get isPutOff(): boolean {
    return this.#isPutOff;
  }

  /** There is a new key, or a word of the peer that this was put off until. */
  start(nowMs: number): void {
    this.#isPutOff = false;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#atMs = nowMs;
  }

  /** A HELLO named it, for whatever reason. */
  announced(nowMs: number): void {
    if (this.#atMs === Number.POSITIVE_INFINITY && !this.#isPutOff) return;
    this.#isPutOff = false;
    this.#atMs = nowMs + this.#pauseMs;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
  }

  /** The peer was silent for so long that it may be out of reach: it is told when it is heard. */
  putOff(): void {
    this.stop();
    this.#isPutOff = true;
  }

  /** The peer knows it, or there is nobody to tell. */
  stop(): void {
    this.#isPutOff = false;
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
