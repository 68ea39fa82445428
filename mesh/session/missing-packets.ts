import { MAX_RANGES, type PacketRange } from './frame.ts';
import { longestPauseMs } from './probe-back-off.ts';
import type { RttEstimator } from './rtt-estimator.ts';

/** Later packets after which a gap is a loss rather than reordering (RFC 9002 section 6.1.1). */
const INITIAL_REORDERING_PACKETS = 3;
/** How old a gap may get before it counts as a loss all the same, in smoothed round-trip times. */
const INITIAL_REORDERING_RTT_SHARE = 1 / 8;
const MAX_REORDERING_PACKETS = 64;
/** With those later packets there, how old a gap must be, in ms. */
const MIN_GAP_AGE_MS = 2;
/** Gaps tracked at once. A hostile peer can skip numbers, but not grow this. */
const MAX_TRACKED = 8_192;

interface Missing {
  readonly gapAtMs: number;
  /** How many packets had arrived when the gap was noticed. */
  readonly arrivedBefore: number;
  /** Infinity: not asked for yet. */
  askedAtMs: number;
  /** True while a request is under way and unacknowledged. */
  isAsked: boolean;
}

/**
 * Packet numbers that were skipped, and when to ask the sender to repair them (PROTOCOL section 4). Both the wait
 * and the number of later packets grow when packets that were asked for turn up after all (RFC 8985 section 6.2).
 */
export class MissingPackets {
  /** In ascending order: a gap is always above all earlier ones. */
  readonly #missing = new Map<number, Missing>();
  readonly #rtt: RttEstimator;
  #enabled = true;
  #arrived = 0;
  #arrivedAtMs = 0;
  #reorderingPackets = INITIAL_REORDERING_PACKETS;
  #reorderingRttShare = INITIAL_REORDERING_RTT_SHARE;
  #wakeAtMs = Number.POSITIVE_INFINITY;

  constructor(rtt: RttEstimator) {
    this.#rtt = rtt;
  }

  /** Forgets all of them: the path has a new link. Reliable links have no gaps to repair, hence `enabled`. */
  restart(enabled: boolean): void {
    this.#enabled = enabled;
    this.#missing.clear();
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
    this.#reorderingPackets = INITIAL_REORDERING_PACKETS;
    this.#reorderingRttShare = INITIAL_REORDERING_RTT_SHARE;
  }

  /** When to call {@link takeDue}. */
  get wakeAtMs(): number {
    return this.#wakeAtMs;
  }

  get count(): number {
    return this.#missing.size;
  }

  /** A packet above all earlier ones arrived; numbers from `expected` up to it are missing. */
  arrived(expected: number, packetNumber: number, nowMs: number): void {
    this.#arrived++;
    this.#arrivedAtMs = nowMs;
    if (!this.#enabled) return;
    for (let n = Math.max(expected, packetNumber - MAX_TRACKED); n < packetNumber; n++) {
      this.#missing.set(n, {
        gapAtMs: nowMs,
        arrivedBefore: this.#arrived,
        askedAtMs: Number.POSITIVE_INFINITY,
        isAsked: false,
      });
    }
    while (this.#missing.size > MAX_TRACKED) this.#missing.delete(this.#missing.keys().next().value!);
    if (this.#missing.size > 0) this.#reschedule(nowMs);
  }

  /** A packet below the highest one arrived. */
  turnedUp(packetNumber: number, nowMs: number): void {
    this.#arrived++;
    this.#arrivedAtMs = nowMs;
    const missing = this.#missing.get(packetNumber);
    if (missing === undefined) return;
    this.#missing.delete(packetNumber);
    // It was only late: wait longer from now on, up to a whole round trip.
    if (missing.askedAtMs !== Number.POSITIVE_INFINITY && nowMs - missing.askedAtMs < this.#rtt.minMs * 0.9) {
      this.#reorderingPackets = Math.min(MAX_REORDERING_PACKETS, this.#reorderingPackets + 2);
      this.#reorderingRttShare = Math.min(1, this.#reorderingRttShare * 1.5);
    }
    this.#reschedule(nowMs);
  }

  /** The numbers to ask for now, highest first, or null. They count as asked for. */
  takeDue(nowMs: number): PacketRange[] | null {
    if (nowMs < this.#wakeAtMs) return null;
    const ranges: { first: number; last: number }[] = [];
    for (const [packetNumber, missing] of this.#missing) {
      if (this.#dueAtMs(missing) > nowMs) {
        if (!missing.isAsked) break; // younger ones are not due either
        continue;
      }
      const current = ranges[ranges.length - 1];
      if (current !== undefined && current.last === packetNumber - 1) current.last = packetNumber;
      else if (ranges.length < MAX_RANGES) ranges.push({ first: packetNumber, last: packetNumber });
      else break;
      missing.askedAtMs = nowMs;
      missing.isAsked = true;
    }
    this.#reschedule(nowMs);
    return ranges.length === 0 ? null : ranges.reverse();
  }

  /** The peer has seen the request for these numbers: what it held is on its way in new packets. */
  requestAcknowledged(ranges: readonly PacketRange[]): void {
    for (const { first, last } of ranges) for (let n = first; n <= last; n++) this.#missing.delete(n);
    if (this.#missing.size === 0) this.#wakeAtMs = Number.POSITIVE_INFINITY;
  }

  #dueAtMs(missing: Missing): number {
    if (missing.isAsked) return missing.askedAtMs + this.#patienceMs(missing.askedAtMs);
    const byTime = missing.gapAtMs + Math.max(4, this.#rtt.srttMs * this.#reorderingRttShare);
    const later = this.#arrived - missing.arrivedBefore + 1;
    return later >= this.#reorderingPackets ? Math.min(byTime, missing.gapAtMs + MIN_GAP_AGE_MS) : byTime;
  }

  /** How long to wait for what a request brings. A peer that may be asleep for hours must not be stormed. */
  #patienceMs(askedAtMs: number): number {
    const { repairTimeoutMs } = this.#rtt;
    const silentMs = askedAtMs - this.#arrivedAtMs;
    // As long again as nothing has come: the pauses double.
    return silentMs <= repairTimeoutMs
      ? repairTimeoutMs
      : Math.max(repairTimeoutMs, Math.min(silentMs, longestPauseMs(silentMs)));
  }

  #reschedule(nowMs: number): void {
    let earliest = Number.POSITIVE_INFINITY;
    for (const missing of this.#missing.values()) {
      earliest = Math.min(earliest, this.#dueAtMs(missing));
      if (!missing.isAsked || earliest <= nowMs) break;
    }
    this.#wakeAtMs = earliest;
  }
}
