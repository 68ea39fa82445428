import { probeBackOffMs } from './probe-back-off.ts';

/**
 * When a sender that has bytes and no credit says so: each probe timeout, ever more rarely (PROTOCOL section 4). It
 * shows a peer that is gone, which nothing else would while nothing is in flight.
 */
export class BlockedTimer {
  #sinceMs = Number.POSITIVE_INFINITY;
  #saidAtMs = 0;
  #timesSaid = 0;
  #dueAtMs = Number.POSITIVE_INFINITY;

  /** Infinity while there is credit. */
  get dueAtMs(): number {
    return this.#dueAtMs;
  }

  /** Notes whether credit is missing now. */
  update(isBlocked: boolean, probeTimeoutMs: number, nowMs: number): void {
    if (!isBlocked) {
      this.#sinceMs = Number.POSITIVE_INFINITY;
      this.#dueAtMs = Number.POSITIVE_INFINITY;
      return;
    }
    if (this.#sinceMs === Number.POSITIVE_INFINITY) {
      this.#sinceMs = nowMs;
      this.#saidAtMs = nowMs;
      this.#timesSaid = 0;
    }
    this.#dueAtMs = this.#saidAtMs + probeBackOffMs(probeTimeoutMs, this.#timesSaid, this.#saidAtMs - this.#sinceMs);
  }

  /** BLOCKED goes out now. */
  said(nowMs: number): void {
    this.#saidAtMs = nowMs;
    this.#timesSaid++;
  }
}
