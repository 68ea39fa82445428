import type { PacketRange } from './frame.ts';
import type { SentFrame } from './sent-frame.ts';

/** What is remembered of a packet until it was acknowledged or lost. */
export interface SentPacket {
  readonly packetNumber: number;
  readonly sentAtMs: number;
  /** Its size on the link, sealed, in bytes. */
  readonly bytes: number;
  readonly frames: readonly SentFrame[];
  /** Snapshot of the delivery-rate estimator at the time of sending. */
  readonly deliveredBytes: number;
  readonly deliveredAtMs: number;
  readonly firstSentAtMs: number;
  readonly isAppLimited: boolean;
}

/** The packets of one path that are in flight: sent, ack-eliciting, neither acknowledged nor lost. */
export class SentPackets {
  /** Slot i holds packet number base + i; null where it needs no answer any more. */
  #slots: (SentPacket | null)[] = [];
  #base = 0;
  #head = 0;
  #bytesInFlight = 0;
  #count = 0;

  get bytesInFlight(): number {
    return this.#bytesInFlight;
  }

  get count(): number {
    return this.#count;
  }

  /** The one that has waited longest, or null. */
  get oldest(): SentPacket | null {
    return this.#slots[this.#head] ?? null;
  }

  /** Numbers must grow from call to call. */
  add(packet: SentPacket): void {
    if (this.#head === this.#slots.length) {
      this.#slots.length = 0;
      this.#head = 0;
      this.#base = packet.packetNumber;
    }
    while (this.#base + this.#slots.length < packet.packetNumber) this.#slots.push(null);
    this.#slots.push(packet);
    this.#bytesInFlight += packet.bytes;
    this.#count++;
  }

  /** Calls back with one after the other, the oldest first, until that returns true. */
  findOldest(isFound: (packet: SentPacket) => boolean): void {
    for (let index = this.#head; index < this.#slots.length; index++) {
      const packet = this.#slots[index];
      if (packet !== null && packet !== undefined && isFound(packet)) return;
    }
  }

  /** Calls back with one after the other, the newest first, until that returns true. */
  findNewest(isFound: (packet: SentPacket) => boolean): void {
    for (let index = this.#slots.length - 1; index >= this.#head; index--) {
      const packet = this.#slots[index];
      if (packet !== null && packet !== undefined && isFound(packet)) return;
    }
  }

  /** Removes the packets in these ranges and calls back with each, lowest range last. */
  take(ranges: readonly PacketRange[], callback: (packet: SentPacket) => void): void {
    for (const range of ranges) {
      const first = Math.max(range.first - this.#base, this.#head);
      const last = Math.min(range.last - this.#base, this.#slots.length - 1);
      for (let index = first; index <= last; index++) {
        const packet = this.#slots[index];
        if (packet === null || packet === undefined) continue;
        this.#slots[index] = null;
        this.#bytesInFlight -= packet.bytes;
        this.#count--;
        callback(packet);
      }
    }
    this.#advance();
  }

  /** Removes the packets that were sent before an instant. */
  takeSentBefore(limitMs: number, callback: (packet: SentPacket) => void): void {
    for (let oldest = this.oldest; oldest !== null && oldest.sentAtMs < limitMs; oldest = this.oldest) {
      this.take([{ first: oldest.packetNumber, last: oldest.packetNumber }], callback);
    }
  }

  /** Removes the packets that are longer than this. */
  takeLarger(bytes: number, callback: (packet: SentPacket) => void): void {
    for (const packet of this.#slots.slice(this.#head)) {
      if (packet === null || packet.bytes <= bytes) continue;
      this.take([{ first: packet.packetNumber, last: packet.packetNumber }], callback);
    }
  }

  /** Removes all of them. */
  takeAll(callback: (packet: SentPacket) => void): void {
    this.take([{ first: 0, last: Number.MAX_SAFE_INTEGER }], callback);
  }

  #advance(): void {
    const slots = this.#slots;
    while (this.#head < slots.length && slots[this.#head] === null) this.#head++;
    if (this.#head > 256 && this.#head * 2 > slots.length) {
      slots.splice(0, this.#head);
      this.#base += this.#head;
      this.#head = 0;
    }
  }
}
