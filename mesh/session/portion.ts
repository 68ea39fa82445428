import type { SendQueue } from './send-queue.ts';
import type { SessionPath } from './session-path.ts';
import { ShareMeter } from './share-meter.ts';
import type { Stream } from './stream.ts';

/** How much of users' data goes by way of other nodes while one of these ways lives (PROTOCOL section 7). */
export interface PortionSettings {
  /** At least this share of the bytes, 0 to 1. */
  readonly share: number;
  /** Data itself, in turn, rather than what helps it. */
  readonly isSplit: boolean;
}

/** What a session does unless told. */
export const DEFAULT_PORTION: PortionSettings = { share: 0.1, isSplit: false };

/** Beside all data itself parity and copies are half of what is sent at most. */
const MOST_BY_COPIES = 0.5;
/** What the other way could not take up to now is forgiven beyond this, in bytes. */
const MAX_OWED_BYTES = 65_536;
/** More than this is not counted for later, in bytes, nor anything after so many ms without data. */
const MAX_AHEAD_BYTES = 98_304;
const QUIET_MS = 50;
/** Help is given before it is owed, up to this much, in bytes. */
const MAX_ADVANCE_BYTES = 16_384;
/** And beyond this much, in bytes, copies do not wait until nothing is left to send. */
const OVERDUE_BYTES = 8_192;
/** Data keeps ahead of what is owed by this much, in bytes: what its end owes by then needs no copies. */
const LEAD_BYTES = 4_096;
/**
 * Data goes there in runs of what the path in use sends in so many ms, and no longer than this, in bytes: packets one by one
 * would cost both ends and the relay a system call each, and leave a gap each in what has arrived.
 */
const RUN_MS = 0.5;
const MAX_RUN_BYTES = 49_152;
/** A way that loses more than this is given less and less, each second, and below that again more: it may be full. */
const OVERLOAD_LOSS = 0.1;
const WATCH_MS = 1_000;
const LESS = 0.8;
const MORE = 0.02;
const LEAST_FACTOR = 0.05;
/** Streams' first bytes, up to here, go by the path in use: copies and parity are there for these. */
const HELPED_STREAM_BYTES = 131_072;
/**
 * Data flows without a break while there is no pause longer than this, in ms: less often than chunks of sound and pictures come,
 * and more than a busy machine keeps a program from going on; ...
 */
const BREAK_MS = 12;
/** ... and has done so for a while after this time, or after so many times what the other way takes longer, in ms. */
const STEADY_MS = 50;
const STEADY_DELAYS = 4;
/** Estimates of delays may be wrong by this factor, and this much, in ms. */
const DELAY_MARGIN = 1.25;
const DELAY_MARGIN_MS = 4;

/** Keeps account of what a session owes to the ways over other nodes, and says which data may go there at no cost. */
export class Portion {
  readonly meter = new ShareMeter();
  readonly share: number;
  readonly isSplit: boolean;
  #owedBytes = 0;
  /** What of the share the other way seems to carry. */
  #factor = 1;
  #watchAtMs = Number.NEGATIVE_INFINITY;
  #countedAtMs = Number.NEGATIVE_INFINITY;
  #emptyAtMs = Number.NEGATIVE_INFINITY;
  #steadySinceMs = Number.NEGATIVE_INFINITY;
  /** How much data is given in advance, and whether some is just now. */
  #runBytes = 0;
  #isRunning = false;

  constructor({ share, isSplit }: PortionSettings) {
    this.share = share;
    this.isSplit = isSplit || share > MOST_BY_COPIES;
  }

  /** Bytes that should have gone by way of other nodes; below 0 where more did. */
  get owedBytes(): number {
    return this.#owedBytes;
  }

  /** Counts a packet with users' data. `isOwing`: another way lives beside the path in use. */
  count(bytes: number, isRelayed: boolean, isOwing: boolean, nowMs: number): void {
    this.meter.count(bytes, isRelayed, nowMs);
    if (nowMs - this.#countedAtMs > QUIET_MS) this.#owedBytes = Math.max(0, this.#owedBytes);
    this.#countedAtMs = nowMs;
    if (!isOwing) {
      this.#owedBytes = 0;
      return;
    }
    if (this.#factor < 1) this.meter.refused(this.share * (1 - this.#factor) * bytes);
    const owed = this.#owedBytes + this.share * this.#factor * bytes - (isRelayed ? bytes : 0);
    this.#owedBytes = Math.max(-MAX_AHEAD_BYTES, Math.min(MAX_OWED_BYTES, owed));
    if (owed > MAX_OWED_BYTES) this.meter.refused(owed - MAX_OWED_BYTES);
  }

  /** Gives the other way less while it loses this much of what it gets, as a relay does whose limits are reached. */
  watch(lossShare: number, nowMs: number): void {
    if (nowMs < this.#watchAtMs) return;
    this.#watchAtMs = nowMs + WATCH_MS;
    const isFull = lossShare > OVERLOAD_LOSS;
    this.#factor = isFull ? Math.max(LEAST_FACTOR, LESS * this.#factor) : Math.min(1, this.#factor + MORE);
  }

  /** There is data to send in this turn, and the path in use sends so fast. */
  flows(sendBytesPerMs: number, nowMs: number): void {
    this.#runBytes = this.isSplit ? 0 : Math.min(MAX_RUN_BYTES, RUN_MS * sendBytesPerMs);
    if (nowMs - this.#emptyAtMs > BREAK_MS) this.#steadySinceMs = nowMs;
    this.#emptyAtMs = Number.POSITIVE_INFINITY;
  }

  /** Nothing is left to send. */
  paused(nowMs: number): void {
    this.#emptyAtMs = Math.min(this.#emptyAtMs, nowMs);
  }

  /** True while parity and copies of repairs are given in advance. */
  get mayHelp(): boolean {
    return this.#owedBytes > -MAX_ADVANCE_BYTES - this.#runBytes;
  }

  get isOverdue(): boolean {
    return this.#owedBytes > OVERDUE_BYTES;
  }

  /** What is owed can't be taken. */
  forgive(): void {
    if (this.#owedBytes <= 0) return;
    this.meter.refused(this.#owedBytes);
    this.#owedBytes = 0;
  }

  /**
   * True where the next data should go by the other way, as far as that is harmless: less than the share would have gone
   * there after a packet of this many bytes on the path in use; or so much was due, and a run of data has begun.
   */
  isDue(packetBytes: number): boolean {
    const owed = this.#owedBytes + Math.min(MAX_OWED_BYTES / 2, this.share * packetBytes);
    const aheadBytes = (this.isSplit ? 0 : LEAD_BYTES) + (this.#isRunning ? this.#runBytes : 0);
    this.#isRunning = owed > -aheadBytes;
    return this.#isRunning;
  }

  /**
   * The stream whose next bytes may go by `alternate` instead of `active`: they arrive before what is sent last, or data
   * flows all the time. Null where there is none.
   */
  streamFor(
    queue: SendQueue,
    hasSessionCredit: boolean,
    active: SessionPath,
    alternate: SessionPath,
    nowMs: number,
  ): Stream | null {
    if (!alternate.answers.isAnswering(nowMs)) return null;
    const stream = queue.nextBulk(hasSessionCredit);
    if (stream === null || stream.sending.nextOffset < HELPED_STREAM_BYTES) return null;
    const laterMs = (alternate.rtt.srttMs - active.rtt.srttMs) / 2;
    if (laterMs <= 0) return stream;
    if (nowMs - this.#steadySinceMs >= Math.max(STEADY_MS, STEADY_DELAYS * laterMs)) return stream;
    const meanwhileBytes = (DELAY_MARGIN * laterMs + DELAY_MARGIN_MS) * active.sendBytesPerMs;
    return stream.sending.unsentBytes >= meanwhileBytes ? stream : null;
  }
}
