import type { RefusalReason } from '../../mesh/session/stream-codes.ts';

/** What is to be done. Nothing follows `won` or `lost`. */
export type EyeballsAction =
  | { readonly type: 'start'; readonly attempt: number; readonly address: Uint8Array }
  | { readonly type: 'abandon'; readonly attempt: number }
  | { readonly type: 'won'; readonly attempt: number }
  | { readonly type: 'lost'; readonly reason: RefusalReason };

/** RFC 8305 section 5 recommends 250 ms. */
export const STAGGER_MS = 250;
/** Names with more addresses than this are not tried to their end: the deadline would pass anyway. */
const MAX_ATTEMPTS = 16;

/** From telling to vague: of several failures the one that says most is reported. */
const TELLING: readonly RefusalReason[] = [
  'connection-refused',
  'timed-out',
  'host-unreachable',
  'network-unreachable',
  'overloaded',
  'not-allowed',
];

/**
 * Happy Eyeballs (RFC 8305): tries a host's addresses one after the other, the families taking turns, and goes on to
 * the next as soon as one fails or 250 ms have passed, without giving up the earlier ones. The first to connect wins.
 *
 * Reads no clock: call {@link HappyEyeballs.tick} once to start, and again when {@link HappyEyeballs.wakeAtMs} has come.
 */
export class HappyEyeballs {
  readonly #waiting: Uint8Array[];
  readonly #running = new Set<number>();
  readonly #failures: RefusalReason[] = [];
  readonly #staggerMs: number;
  #nextAttempt = 0;
  #wakeAtMs: number | null = null;
  #over = false;

  /** @param addresses in the order of preference (RFC 6724), at least one */
  constructor(addresses: readonly Uint8Array[], staggerMs = STAGGER_MS) {
    this.#waiting = interleave(addresses).slice(0, MAX_ATTEMPTS);
    this.#staggerMs = staggerMs;
  }

  /** When to call `tick` next, or null where there is nothing to wait for. */
  get wakeAtMs(): number | null {
    return this.#wakeAtMs;
  }

  tick(nowMs: number): readonly EyeballsAction[] {
    if (this.#over || (this.#wakeAtMs !== null && nowMs < this.#wakeAtMs)) return [];
    return this.#next(nowMs);
  }

  connected(attempt: number): readonly EyeballsAction[] {
    if (this.#over || !this.#running.delete(attempt)) return [];
    this.#over = true;
    this.#wakeAtMs = null;
    const abandoned = [...this.#running].map((other) => ({ type: 'abandon', attempt: other }) as const);
    return [...abandoned, { type: 'won', attempt }];
  }

  failed(attempt: number, reason: RefusalReason, nowMs: number): readonly EyeballsAction[] {
    if (this.#over || !this.#running.delete(attempt)) return [];
    this.#failures.push(reason);
    return this.#next(nowMs);
  }

  #next(nowMs: number): readonly EyeballsAction[] {
    const address = this.#waiting.shift();
    this.#wakeAtMs = this.#waiting.length > 0 ? nowMs + this.#staggerMs : null;
    if (address !== undefined) {
      const attempt = this.#nextAttempt++;
      this.#running.add(attempt);
      return [{ type: 'start', attempt, address }];
    }
    if (this.#running.size > 0) return [];
    this.#over = true;
    return [{ type: 'lost', reason: TELLING.find((reason) => this.#failures.includes(reason)) ?? 'failed' }];
  }
}

/** The first address's family first, then both in turn (RFC 8305 section 4). */
function interleave(addresses: readonly Uint8Array[]): Uint8Array[] {
  const first = addresses.filter((address) => address.length === addresses[0]!.length);
  const second = addresses.filter((address) => address.length !== addresses[0]!.length);
  return Array.from({ length: Math.max(first.length, second.length) }, (_, index) => [first[index], second[index]])
    .flat()
    .filter((address) => address !== undefined);
}
