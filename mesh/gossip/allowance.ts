/** Lets something happen so many times at once, and then once each interval. */
export class Allowance {
  readonly #most: number;
  readonly #intervalMs: number;
  #left: number;
  #atMs = Number.NEGATIVE_INFINITY;

  constructor(most: number, intervalMs: number) {
    this.#most = most;
    this.#intervalMs = intervalMs;
    this.#left = most;
  }

  /** Whether one is left. */
  has(nowMs: number): boolean {
    return this.left(nowMs) >= 1;
  }

  /** How many are left. */
  left(nowMs: number): number {
    this.take(0, nowMs);
    return Math.floor(this.#left);
  }

  /** Uses up as many of `wanted` times as are left, and returns how many. */
  take(wanted: number, nowMs: number): number {
    this.#left = Math.min(this.#most, this.#left + (nowMs - this.#atMs) / this.#intervalMs);
    this.#atMs = nowMs;
    const taken = Math.min(wanted, Math.floor(this.#left));
    this.#left -= taken;
    return taken;
  }
}
