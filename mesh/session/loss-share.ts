/** Packets after which older ones count half. */
const MEMORY_PACKETS = 2_048;
/** As long as fewer were counted, a single loss says no more than this many would. */
const LEAST_PACKETS = 300;

/** The smoothed share of packets that one direction of a path loses. It is counted in packets, so idleness changes nothing. */
export class LossShare {
  #packets = 0;
  #lost = 0;

  /** Counts packets whose fate is known; `lost` may be negative where packets given up turned up. */
  count(packets: number, lost: number): void {
    this.#packets += packets;
    this.#lost = Math.min(Math.max(0, this.#lost + lost), this.#packets);
    if (this.#packets <= MEMORY_PACKETS) return;
    this.#packets /= 2;
    this.#lost /= 2;
  }

  /** Packets that the share rests on. */
  get packets(): number {
    return this.#packets;
  }

  /** From 0 to 1; 0 while nothing was lost. */
  get share(): number {
    return this.#lost / Math.max(LEAST_PACKETS, this.#packets);
  }
}
