import type { Header } from '../wire/header.ts';
import { TICK_MS } from '../wire/mesh-time.ts';

/** When a message left its origin by that one's wall clock, came here by the own clock that never steps, and its ticks. */
export interface MessageTime {
  /** The middle of the origin's tick, in ms since 1970. */
  readonly leftWallMs: number;
  readonly cameMs: number;
  /** Of the relays, in the order in which it passed them. */
  readonly ticks: readonly number[];
}

/** So many of the last messages are remembered, and one at most in so many ms. */
const KEPT = 32;
const INTERVAL_MS = 250;
/** Older ones say nothing of how it is now, in ms. */
const FRESH_MS = 60_000;
const FIELDS = 4;

/** What the headers of a few of the messages that come by one way say of their flight. Takes no memory per message. */
export class MessageTimes {
  #values: Float64Array | null = null;
  #count = 0;
  #dueAtMs = Number.NEGATIVE_INFINITY;

  /** True where {@link note} should be called for a message: cheap enough to be asked for each. */
  isDue(nowMs: number): boolean {
    return nowMs >= this.#dueAtMs;
  }

  /** Takes the header of a message whose tag verified. */
  note({ timeSeconds, tick, relay1Tick, relay2Tick }: Header, nowMs: number): void {
    this.#dueAtMs = nowMs + INTERVAL_MS;
    this.#values ??= new Float64Array(KEPT * FIELDS);
    const at = (this.#count++ % KEPT) * FIELDS;
    this.#values[at] = timeSeconds * 1_000 + (tick + 0.5) * TICK_MS;
    this.#values[at + 1] = nowMs;
    this.#values[at + 2] = relay1Tick;
    this.#values[at + 3] = relay2Tick;
  }

  /** Those of the last minute, by a way over so many relays. */
  fresh(relays: number, nowMs: number): MessageTime[] {
    const fresh: MessageTime[] = [];
    for (let index = 0; index < Math.min(this.#count, KEPT); index++) {
      const [leftWallMs, cameMs, ...ticks] = this.#values!.subarray(index * FIELDS, (index + 1) * FIELDS);
      if (leftWallMs === undefined || cameMs === undefined || nowMs - cameMs > FRESH_MS) continue;
      fresh.push({ leftWallMs, cameMs, ticks: ticks.slice(0, relays) });
    }
    return fresh;
  }

  /** The machine slept: clocks may have parted by anything. */
  clear(): void {
    this.#count = 0;
    this.#dueAtMs = Number.NEGATIVE_INFINITY;
  }
}
