import { ReplayWindow } from '../wire/replay-window.ts';
import { MAX_RANGES, type PacketRange } from './frame.ts';
import { LossShare } from './loss-share.ts';
import { MissingPackets } from './missing-packets.ts';
import type { RttEstimator } from './rtt-estimator.ts';

/** Ack-eliciting packets after which an ACK goes out at once. */
const ACK_EVERY_PACKETS = 8;
/** How long an ACK may be held back, in ms. */
const MAX_ACK_DELAY_MS = 20;
/** Ranges remembered; older ones are long acknowledged or hopeless. */
const MAX_KEPT_RANGES = 256;
/** Skipped numbers that count as losses; more at once are an outage. */
const MAX_SKIPPED = 16;

/**
 * The receiving side of one path: what arrived, what to acknowledge and when, and what is missing.
 *
 * Call {@link receive} for each packet whose tag verified; ask again when {@link ackAtMs} has come.
 */
export class ReceivedPackets {
  readonly missing: MissingPackets;
  /** What of the peer's packets never arrived. */
  loss = new LossShare();
  readonly #window = new ReplayWindow();
  /** Ranges of received numbers, highest first. */
  #ranges: { first: number; last: number }[] = [];
  #largestAtMs = 0;
  #unacknowledged = 0;
  #ackAtMs = Number.POSITIVE_INFINITY;
  #lastElicitedMs = Number.NEGATIVE_INFINITY;

  constructor(rtt: RttEstimator) {
    this.missing = new MissingPackets(rtt);
  }

  /** The highest packet number that arrived, or -1. */
  get largest(): number {
    return this.#ranges[0]?.last ?? -1;
  }

  /** When an acknowledgement is due; repair requests by {@link missing}. */
  get ackAtMs(): number {
    return this.#ackAtMs;
  }

  /** True where an ACK would tell the peer something. */
  get hasNews(): boolean {
    return this.#unacknowledged > 0;
  }

  /** True before the packet was received, as far as the window of 8,192 reaches. */
  isNew(packetNumber: number): boolean {
    return this.#window.isNew(packetNumber);
  }

  isAckDue(nowMs: number): boolean {
    return nowMs >= this.#ackAtMs;
  }

  /** The path has another link, or none, and what was missing there is nothing to ask for. `isLossy`: gaps will be. */
  restart(isLossy: boolean): void {
    this.missing.restart(isLossy);
    this.loss = new LossShare();
  }

  /** Notes a packet. `isUrgent`: its frames want an answer at once (PING, a stream's end). */
  receive(packetNumber: number, isAckEliciting: boolean, isUrgent: boolean, nowMs: number): void {
    this.#window.mark(packetNumber);
    const previousLargest = this.largest;
    this.#insert(packetNumber);
    if (packetNumber > previousLargest) {
      const skipped = Math.min(packetNumber - previousLargest - 1, MAX_SKIPPED);
      this.loss.count(1 + skipped, skipped);
      this.#largestAtMs = nowMs;
      this.missing.arrived(previousLargest + 1, packetNumber, nowMs);
    } else {
      this.loss.count(0, -1);
      this.missing.turnedUp(packetNumber, nowMs);
    }
    if (!isAckEliciting) return;
    this.#unacknowledged++;
    const hasGap = packetNumber !== previousLargest + 1;
    const wasIdle = nowMs - this.#lastElicitedMs > 10 * MAX_ACK_DELAY_MS;
    this.#lastElicitedMs = nowMs;
    if (isUrgent || hasGap || wasIdle || this.#unacknowledged >= ACK_EVERY_PACKETS) this.#ackAtMs = nowMs;
    else this.#ackAtMs = Math.min(this.#ackAtMs, nowMs + MAX_ACK_DELAY_MS);
  }

  /** The content of an ACK to send now, which counts as sent and is the caller's. Call only after something arrived. */
  takeAck(nowMs: number): { readonly ranges: readonly PacketRange[]; readonly delayMs: number } {
    this.#unacknowledged = 0;
    this.#ackAtMs = Number.POSITIVE_INFINITY;
    return this.repeatAck(nowMs);
  }

  /** The same, but what is due stays due: for another path, because this one may not carry it any more. */
  repeatAck(nowMs: number): { readonly ranges: readonly PacketRange[]; readonly delayMs: number } {
    const ranges: PacketRange[] = [];
    for (let index = 0; index < this.#ranges.length && index < MAX_RANGES; index++) {
      const { first, last } = this.#ranges[index]!;
      ranges.push({ first, last });
    }
    return { ranges, delayMs: nowMs - this.#largestAtMs };
  }

  /**
   * The peer has seen an ACK with these ranges: they need not be said again, but for the highest number of all. What
   * lay between them and came later does: RFC 9000 section 13.2.4 drops that too, and relies on the sender's timers.
   */
  ackAcknowledged(said: readonly PacketRange[]): void {
    const kept: { first: number; last: number }[] = [];
    const { largest } = this;
    let index = 0;
    for (const { first, last } of this.#ranges) {
      let rest = last;
      while (index < said.length && said[index]!.first > rest) index++;
      for (let at = index; at < said.length && said[at]!.last >= first; at++) {
        if (said[at]!.last < rest) kept.push({ first: said[at]!.last + 1, last: rest });
        rest = said[at]!.first - 1;
      }
      if (rest >= first) kept.push({ first, last: rest });
    }
    const highest = kept[0];
    if (highest === undefined || highest.last < largest - 1) kept.unshift({ first: largest, last: largest });
    else highest.last = largest;
    this.#ranges = kept;
  }

  #insert(packetNumber: number): void {
    const ranges = this.#ranges;
    let index = 0;
    while (index < ranges.length && packetNumber < ranges[index]!.first - 1) index++;
    const range = ranges[index];
    if (range === undefined || packetNumber > range.last + 1) {
      ranges.splice(index, 0, { first: packetNumber, last: packetNumber });
      if (ranges.length > MAX_KEPT_RANGES) ranges.pop();
    } else if (packetNumber === range.last + 1) {
      range.last = packetNumber;
      const above = ranges[index - 1];
      if (above !== undefined && above.first === packetNumber + 1) {
        above.first = range.first;
        ranges.splice(index, 1);
      }
    } else if (packetNumber === range.first - 1) {
      range.first = packetNumber;
      const below = ranges[index + 1];
      if (below !== undefined && below.last === packetNumber - 1) {
        range.first = below.first;
        ranges.splice(index + 1, 1);
      }
    }
  }
}
