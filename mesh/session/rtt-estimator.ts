/** Smallest granularity of a variance term, in ms: a timer that fires earlier only costs wake-ups. */
const GRANULARITY_MS = 4;
/** How late a peer may acknowledge, in ms: 20 ms of ACK delay and a little for timers (PROTOCOL section 4). */
const ACK_DELAY_ALLOWANCE_MS = 25;
/** Assumed before the first sample, in ms. */
const INITIAL_RTT_MS = 200;
/** A minimum that was neither met again nor renewed in this time says nothing about the path of today. */
const MIN_RTT_WINDOW_MS = 30_000;

/** Round-trip time of one path, in ms: smoothed value and variation as in RFC 9002 section 5, and a windowed minimum. */
export class RttEstimator {
  #srttMs = INITIAL_RTT_MS;
  #rttvarMs = INITIAL_RTT_MS / 2;
  #latestMs = INITIAL_RTT_MS;
  #minMs = Number.POSITIVE_INFINITY;
  #minAtMs = Number.NEGATIVE_INFINITY;
  #hasSample = false;
  #isMinRenewed = false;

  get hasSample(): boolean {
    return this.#hasSample;
  }

  get srttMs(): number {
    return this.#srttMs;
  }

  get rttvarMs(): number {
    return this.#rttvarMs;
  }

  get latestMs(): number {
    return this.#latestMs;
  }

  /** The lowest sample of the last half minute, or since {@link renewMin}; the initial guess before there is any. */
  get minMs(): number {
    return this.#hasSample ? this.#minMs : INITIAL_RTT_MS;
  }

  /** When {@link minMs} was measured. */
  get minAtMs(): number {
    return this.#minAtMs;
  }

  /** How long to wait for an acknowledgement before probing, in ms, without back-off. */
  get probeTimeoutMs(): number {
    return this.#srttMs + Math.max(4 * this.#rttvarMs, GRANULARITY_MS) + ACK_DELAY_ALLOWANCE_MS;
  }

  /** How long the answer to a repair request may take, in ms. */
  get repairTimeoutMs(): number {
    return Math.max(20, this.#srttMs + 4 * this.#rttvarMs);
  }

  /** The next sample replaces the minimum, whatever it is: the sender lets the queues drain for that. */
  renewMin(): void {
    this.#isMinRenewed = true;
  }

  /** Forgets everything: the path has a new link. */
  restart(): void {
    this.#hasSample = false;
    this.#srttMs = INITIAL_RTT_MS;
    this.#rttvarMs = INITIAL_RTT_MS / 2;
    this.#latestMs = INITIAL_RTT_MS;
    this.#minMs = Number.POSITIVE_INFINITY;
    this.#minAtMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * Takes a sample: the time from sending a packet to its acknowledgement, and how long the peer says it held the
   * acknowledgement back.
   */
  update(sampleMs: number, ackDelayMs: number, nowMs: number): void {
    if (sampleMs <= this.#minMs || this.#isMinRenewed || nowMs - this.#minAtMs > MIN_RTT_WINDOW_MS) {
      this.#isMinRenewed = false;
      this.#minMs = sampleMs;
      this.#minAtMs = nowMs;
    }
    const heldMs = Math.min(ackDelayMs, ACK_DELAY_ALLOWANCE_MS);
    const adjustedMs = sampleMs >= this.#minMs + heldMs ? sampleMs - heldMs : sampleMs;
    this.#latestMs = adjustedMs;
    if (!this.#hasSample) {
      this.#hasSample = true;
      this.#srttMs = adjustedMs;
      this.#rttvarMs = adjustedMs / 2;
      return;
    }
    this.#rttvarMs += (Math.abs(this.#srttMs - adjustedMs) - this.#rttvarMs) / 4;
    this.#srttMs += (adjustedMs - this.#srttMs) / 8;
  }
}
