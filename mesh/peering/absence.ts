import type { GoodbyeFrame } from './received.ts';

/** No restart is waited for any longer, in ms. */
const MAX_ABSENCE_MS = 600_000;

/** When a peer that said that it restarts means to be back. */
export class Absence {
  #untilMs = Number.NEGATIVE_INFINITY;

  /** By when, in ms of `nowMs`; it may have passed. -Infinity where it said nothing of the kind. */
  get untilMs(): number {
    return this.#untilMs;
  }

  /** It says GOODBYE. Returns why its session is over. */
  begin({ reason, backInS }: GoodbyeFrame, nowMs: number): 'said-goodbye' | 'restarting' | 'superseded' {
    const isBack = reason === 'restarting';
    this.#untilMs = isBack ? nowMs + Math.min(MAX_ABSENCE_MS, backInS * 1_000) : Number.NEGATIVE_INFINITY;
    return reason === 'stopping' ? 'said-goodbye' : reason;
  }

  /** It is there. */
  end(): void {
    this.#untilMs = Number.NEGATIVE_INFINITY;
  }

  /** How much longer it means to be away, in ms; null where nothing says that it comes back. */
  leftMs(nowMs: number): number | null {
    return this.#untilMs > nowMs ? this.#untilMs - nowMs : null;
  }
}
