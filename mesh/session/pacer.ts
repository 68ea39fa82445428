/** How much of the rate may go out at once, in ms of it. */
const BURST_MS = 2;
/** Packets that did not wait delay later ones by no more than this many. */
const MAX_DEBT_PACKETS = 8;

/** A token bucket that spreads packets over time (RFC 9002 section 7.7). */
export class Pacer {
  readonly #packetBytes: number;
  #tokensBytes = 0;
  #updatedAtMs = Number.NEGATIVE_INFINITY;

  /** @param packetBytes the size of a full packet on the link. */
  constructor(packetBytes: number) {
    this.#packetBytes = packetBytes;
  }

  /** The most bytes that go out at once at this rate: 2 ms of it, at least 2 and at most 256 packets. */
  burstBytes(bytesPerMs: number): number {
    return Math.min(256, Math.max(2, (BURST_MS * bytesPerMs) / this.#packetBytes)) * this.#packetBytes;
  }

  /** True where a packet may be sent now. */
  allows(bytesPerMs: number, nowMs: number): boolean {
    this.#refill(bytesPerMs, nowMs);
    return this.#tokensBytes > 0;
  }

  /** Notes a sent packet; the bucket may go below zero by one packet, or by those that were sent all the same. */
  spend(bytes: number): void {
    this.#tokensBytes = Math.max(this.#tokensBytes - bytes, -MAX_DEBT_PACKETS * this.#packetBytes);
  }

  /** When the next burst may go out, given that {@link allows} said no: half a burst is worth a wake-up. */
  readyAtMs(bytesPerMs: number): number {
    const wantedBytes = Math.min(this.burstBytes(bytesPerMs) / 2, 64 * this.#packetBytes);
    return this.#updatedAtMs + (wantedBytes - this.#tokensBytes) / bytesPerMs;
  }

  #refill(bytesPerMs: number, nowMs: number): void {
    const capacity = this.burstBytes(bytesPerMs);
    const elapsedMs = nowMs - this.#updatedAtMs;
    this.#tokensBytes = Math.min(capacity, this.#tokensBytes + Math.min(elapsedMs, 1_000) * bytesPerMs);
    this.#updatedAtMs = nowMs;
  }
}
