import { WindowedMax } from './windowed-max.ts';

const WINDOW_ROUNDS = 10;

/** Links that deliver acknowledgements in clumps need more in flight than 2 BDP to stay busy: how much more. */
export class AckAggregation {
  readonly #extraBytes = new WindowedMax(WINDOW_ROUNDS);
  #startMs = 0;
  #bytes = 0;

  /** The most of the last ten rounds, in bytes. */
  get extraBytes(): number {
    return this.#extraBytes.value;
  }

  /** Takes an ACK for so many bytes; the bandwidth is in bytes per ms, and the answer at most `maxBytes`. */
  acked(bytes: number, bandwidth: number, maxBytes: number, round: number, nowMs: number): void {
    if (this.#bytes <= bandwidth * (nowMs - this.#startMs)) {
      this.#startMs = nowMs;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    const extraBytes = this.#bytes - bandwidth * (nowMs - this.#startMs);
    this.#extraBytes.update(Math.min(Math.max(0, extraBytes), maxBytes), round);
  }
}
