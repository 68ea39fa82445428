import type { ConnectionObserver } from './connection-observer.ts';
import { FirstRoundTrip } from './exits/first-round-trip.ts';
import type { PinUse } from './exits/pins.ts';

/** What a {@link ConnectionUse} is made of. */
export interface ConnectionUseOptions {
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  /** Keeps the site's pin while the connection lives. */
  readonly pin: PinUse;
  /** Whether the exit has connected already; else nothing is measured. */
  readonly isOpened: boolean;
  /** Told of the first round trip, in ms, where there was one. */
  readonly measured: (roundTripMs: number) => void;
  readonly over: (use: ConnectionUse) => void;
}

/** One connection in use: keeps the pin of its site, and measures its first round trip. */
export class ConnectionUse implements ConnectionObserver {
  readonly #options: ConnectionUseOptions;
  /** Null once it has told, so that nothing is computed for the rest of the bytes. */
  #roundTrip: FirstRoundTrip | null = new FirstRoundTrip();
  #isOver = false;

  constructor(options: ConnectionUseOptions) {
    this.#options = options;
    if (options.isOpened) this.#roundTrip?.opened();
    else this.#roundTrip = null;
  }

  sent(): void {
    this.#roundTrip?.sent(this.#options.nowMs());
  }

  received(unsentBytes: number): void {
    if (this.#roundTrip === null) return;
    const roundTripMs = this.#roundTrip.received(this.#options.nowMs(), unsentBytes);
    this.#roundTrip = null;
    if (roundTripMs !== null) this.#options.measured(roundTripMs);
  }

  /** No exit answers: what comes next waited for that. */
  uplinkDown(): void {
    this.#roundTrip = null;
  }

  ended(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.pin.close(this.#options.wallMs());
    this.#options.over(this);
  }
}
