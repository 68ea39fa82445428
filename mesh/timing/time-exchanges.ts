import type { Frame } from '../session/frame.ts';
import { TICK_MS } from '../wire/mesh-time.ts';
import { aheadMs, roundTripMs, type TimeExchange } from './time-exchange.ts';

/** A TIME frame. */
export type TimeFrame = Extract<Frame, { readonly type: 'time' }>;

/** Exchanges remembered (RFC 5905 section 10: the clock filter has eight stages). */
const KEPT = 8;
/** Questions that may be under way at once. */
const MAX_ASKED = 8;
/** Who takes longer to answer was busy, in ms. */
const MAX_HELD_MS = 1_000;
/** By how much two clocks may part, in ms each ms (RFC 5905 says 15 ppm; oscillators of cheap machines do worse). */
export const CLOCK_DRIFT = 100e-6;
/** Exchanges whose round trip is that close to the least one, in ms, say the same. */
const ALIKE_MS = 1;

/** The exchanges of TIME on one way, from the asker's side. Answers to nothing that was asked are ignored. */
export class TimeExchanges {
  readonly #asked: { readonly atMs: number; readonly wallMs: number; readonly saidMs: number }[] = [];
  #kept: TimeExchange[] = [];

  /** The question to send now. Both times are this moment: by the clock that never steps, and since 1970. */
  ask(nowMs: number, wallMs: number): TimeFrame {
    const sentMs = inEighths(wallMs);
    this.#asked.push({ atMs: nowMs, wallMs, saidMs: sentMs });
    if (this.#asked.length > MAX_ASKED) this.#asked.shift();
    return { type: 'time', sentMs, answer: null };
  }

  /** Takes an answer, and what relays wrote into its header in the order of its way. */
  answered({ sentMs, answer }: TimeFrame, headerMs: number, ticksBack: readonly number[], nowMs: number): void {
    const index = this.#asked.findIndex(({ saidMs }) => saidMs === answer?.askedMs);
    const asked = this.#asked[index];
    if (answer === null || asked === undefined) return;
    this.#asked.splice(index, 1);
    if (answer.heldMs > MAX_HELD_MS || !isAsStamped(sentMs, headerMs)) return;
    const exchange: TimeExchange = {
      askedMs: asked.atMs,
      answeredMs: nowMs,
      askedWallMs: asked.wallMs,
      arrivedWallMs: sentMs - answer.heldMs,
      leftWallMs: sentMs,
      ticksThere: [answer.relay1Tick, answer.relay2Tick].slice(0, ticksBack.length),
      ticksBack,
    };
    if (roundTripMs(exchange) < 0) return;
    // Where one of the clocks was set meanwhile, what came before says nothing any more.
    this.#kept = this.#kept.filter((old) => agree(old, exchange)).slice(1 - KEPT);
    this.#kept.push(exchange);
  }

  /** The last ones, oldest first. */
  get all(): readonly TimeExchange[] {
    return this.#kept;
  }

  /**
   * Those that waited least, on which the clocks' difference depends: the one with the least round trip, with what clocks
   * may have parted since added to it, and its likes.
   */
  best(nowMs: number): readonly TimeExchange[] {
    const costMs = (exchange: TimeExchange): number =>
      roundTripMs(exchange) / 2 + (nowMs - exchange.answeredMs) * CLOCK_DRIFT;
    const leastMs = Math.min(...this.#kept.map(costMs));
    return this.#kept.filter((exchange) => costMs(exchange) <= leastMs + ALIKE_MS / 2);
  }

  /** The machine slept: clocks may have parted by anything. */
  clear(): void {
    this.#asked.length = 0;
    this.#kept = [];
  }
}

/** Whether a TIME left when it says so, and did not wait: its header was stamped as it left. Both in ms since 1970. */
export function isAsStamped(sentMs: number, headerMs: number): boolean {
  const laterMs = headerMs + TICK_MS - sentMs;
  return laterMs >= 0 && laterMs <= 2 * TICK_MS;
}

/** A wall clock as TIME says it: whole eighths of a ms, none later than it is. */
export function inEighths(wallMs: number): number {
  return Math.floor(wallMs * 8) / 8;
}

/** Whether one difference of the clocks explains both: each bounds it by half its round trip to both sides. */
function agree(old: TimeExchange, exchange: TimeExchange): boolean {
  const driftMs = 1 + (exchange.answeredMs - old.answeredMs) * CLOCK_DRIFT;
  return Math.abs(aheadMs(old) - aheadMs(exchange)) <= (roundTripMs(old) + roundTripMs(exchange)) / 2 + driftMs;
}
