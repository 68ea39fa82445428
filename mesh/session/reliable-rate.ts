import { WindowedMax } from './windowed-max.ts';

/** A packet on a reliable link should take no longer than this, in ms, as far as its rate is known. */
const PACKET_MS = 250;
/** What the link delivered longer ago than this, in ms, says nothing about now. */
const WINDOW_MS = 10_000;
/** The length of packets as long as nothing is known, in bytes: two seconds of the slowest mobile links. */
const LEAST_PACKET_BYTES = 8_192;

/**
 * How fast a reliable link delivers, lately at best, and how long packets on it may be for that: one is heard of only when
 * all of it is there, so on a slow link it must not be long.
 */
export class ReliableRate {
  readonly #bytesPerMs = new WindowedMax(WINDOW_MS);

  /** 0 before the first sample. */
  get bytesPerMs(): number {
    return this.#bytesPerMs.value;
  }

  /** The most payload for a packet, as far as that depends on the rate. */
  get packetBytes(): number {
    return Math.max(LEAST_PACKET_BYTES, Math.floor(this.#bytesPerMs.value * PACKET_MS));
  }

  /** Takes a sample of what was delivered. */
  update(bytesPerMs: number, nowMs: number): void {
    this.#bytesPerMs.update(bytesPerMs, nowMs);
  }
}
