/** Longer than this the site thought, and the network had no part in it; in ms. */
const MAX_ROUND_TRIP_MS = 30_000;

/**
 * Measures one stream's first round trip: from the last byte that the program sent to the first that the site
 * answered, as from a TLS ClientHello to the ServerHello. Left out is what would measure something else: sites that
 * speak first, bytes sent before the exit had connected, uploads still sending, long thought, an uplink that was down.
 */
export class FirstRoundTrip {
  #state: 'opening' | 'opened' | 'over' = 'opening';
  #lastSentMs: number | null = null;

  /** The exit has connected. */
  opened(): void {
    if (this.#state === 'opening') this.#state = 'opened';
  }

  /** The program's bytes were given to the stream. */
  sent(nowMs: number): void {
    // The answer to bytes that went along with OPEN also waited for the exit's look-up and connection.
    if (this.#state === 'opening') this.#state = 'over';
    else this.#lastSentMs = nowMs;
  }

  /** The own uplink is, or was, down while the stream is open: what comes next waited for it. */
  uplinkDown(): void {
    this.#state = 'over';
  }

  /**
   * The site's bytes came while `unsentBytes` of the program's had not left yet. Returns the round trip in ms, once;
   * null where it is none or was told.
   */
  received(nowMs: number, unsentBytes: number): number | null {
    const wasOpened = this.#state === 'opened';
    this.#state = 'over';
    if (!wasOpened || this.#lastSentMs === null || unsentBytes > 0) return null;
    const roundTripMs = nowMs - this.#lastSentMs;
    return roundTripMs >= 0 && roundTripMs <= MAX_ROUND_TRIP_MS ? roundTripMs : null;
  }
}
