/** How long a quiet session is left alone, in ms: longer each time it held. */
const INTERVALS_MS = [25_000, 55_000, 110_000] as const;

/** When a session that is quiet should be probed so that NATs on the way remember it. */
export class KeepAlive {
  #step = 0;
  #atMs = Number.POSITIVE_INFINITY;

  get wakeAtMs(): number {
    return this.#atMs;
  }

  /** The session came up or was used: the next probe is a whole interval away. */
  active(nowMs: number): void {
    this.#atMs = nowMs + INTERVALS_MS[this.#step]!;
  }

  /** A probe goes out now. */
  probed(nowMs: number): void {
    this.#step = Math.min(this.#step + 1, INTERVALS_MS.length - 1);
    this.active(nowMs);
  }

  /** The session is gone; what held before may not hold on the next network. */
  stop(): void {
    this.#step = 0;
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
