/** How much a relay passes on for each peer that messages come from; never for each claimed origin, which costs nothing to claim. */
export interface RelayLimits {
  readonly bytesPerMs: number;
  readonly packetsPerMs: number;
}

/** In bytes: so many of these are as many bytes as are allowed. Acknowledgements are shorter, and fewer. */
const USUAL_PACKET_BYTES = 625;

/** So many bytes, and as many packets as go with them. */
export function relayLimits(bytesPerMs: number): RelayLimits {
  return { bytesPerMs, packetsPerMs: bytesPerMs / USUAL_PACKET_BYTES };
}

/** 100 Mbit/s. */
export const DEFAULT_RELAY_LIMITS: RelayLimits = relayLimits(12_500);

/** How much of the rate may come at once, in ms of it: a batch of datagrams, and what a sender's pacing lumps together. */
const BURST_MS = 50;

/** What may still be passed on for one peer: a bucket of bytes and one of packets. */
export class RelayAllowance {
  readonly #limits: RelayLimits;
  #bytes: number;
  #packets: number;
  #filledAtMs: number;

  constructor(limits: RelayLimits, nowMs: number) {
    this.#limits = limits;
    this.#bytes = limits.bytesPerMs * BURST_MS;
    this.#packets = limits.packetsPerMs * BURST_MS;
    this.#filledAtMs = nowMs;
  }

  /** True where a message of this length may be passed on, which then counts. */
  take(bytes: number, nowMs: number): boolean {
    const { bytesPerMs, packetsPerMs } = this.#limits;
    const elapsedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#filledAtMs = nowMs;
    this.#bytes = Math.min(BURST_MS * bytesPerMs, this.#bytes + elapsedMs * bytesPerMs);
    this.#packets = Math.min(BURST_MS * packetsPerMs, this.#packets + elapsedMs * packetsPerMs);
    if (this.#bytes < bytes || this.#packets < 1) return false;
    this.#bytes -= bytes;
    this.#packets--;
    return true;
  }
}
