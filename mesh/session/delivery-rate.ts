import type { SentPacket } from './sent-packets.ts';

/** One measurement of how fast a path delivers. */
export interface RateSample {
  readonly bytesPerMs: number;
  /** True where the sender had too little to send for the sample to show the path's limit. */
  readonly isAppLimited: boolean;
}

/** Delivery rate of one path, sampled per acknowledged packet (draft-cheng-iccrg-delivery-rate-estimation). */
export class DeliveryRate {
  #deliveredBytes = 0;
  #deliveredAtMs = 0;
  #firstSentAtMs = 0;
  /** Packets sent before more bytes than this were delivered are app-limited: the first ones after idleness too. */
  #appLimitedUntilBytes = -1;

  get deliveredBytes(): number {
    return this.#deliveredBytes;
  }

  /** What a packet sent now has to remember. */
  snapshot(
    nowMs: number,
    bytesInFlight: number,
  ): Pick<SentPacket, 'deliveredBytes' | 'deliveredAtMs' | 'firstSentAtMs' | 'isAppLimited'> {
    if (bytesInFlight === 0) {
      this.#firstSentAtMs = nowMs;
      this.#deliveredAtMs = nowMs;
      // Nothing under way: whoever sends now had nothing to send before, and the path was not what held it back.
      this.#appLimitedUntilBytes = Math.max(this.#appLimitedUntilBytes, this.#deliveredBytes);
    }
    return {
      deliveredBytes: this.#deliveredBytes,
      deliveredAtMs: this.#deliveredAtMs,
      firstSentAtMs: this.#firstSentAtMs,
      isAppLimited: this.#deliveredBytes <= this.#appLimitedUntilBytes,
    };
  }

  /** The sender ran out of data with this much in flight. */
  markAppLimited(bytesInFlight: number): void {
    this.#appLimitedUntilBytes = this.#deliveredBytes + bytesInFlight;
  }

  /** Counts an acknowledged packet. */
  delivered(packet: SentPacket, nowMs: number): void {
    this.#deliveredBytes += packet.bytes;
    this.#deliveredAtMs = nowMs;
    if (packet.sentAtMs > this.#firstSentAtMs) this.#firstSentAtMs = packet.sentAtMs;
  }

  /** The sample that the newest packet of an ACK gives, or null where it spans no time. */
  sample(packet: SentPacket): RateSample | null {
    const sendElapsedMs = packet.sentAtMs - packet.firstSentAtMs;
    const ackElapsedMs = this.#deliveredAtMs - packet.deliveredAtMs;
    const elapsedMs = Math.max(sendElapsedMs, ackElapsedMs);
    if (elapsedMs <= 0) return null;
    return {
      bytesPerMs: (this.#deliveredBytes - packet.deliveredBytes) / elapsedMs,
      isAppLimited: packet.isAppLimited,
    };
  }
}
