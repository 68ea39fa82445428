/** What a stream starts with, in bytes (PROTOCOL section 4). */
export const INITIAL_STREAM_CREDIT_BYTES = 262_144;
/** What a session starts with, in bytes. */
export const INITIAL_SESSION_CREDIT_BYTES = 1_048_576;
/** How many streams a side may open at once. */
export const INITIAL_STREAM_COUNT = 1_024;

const MAX_STREAM_WINDOW_BYTES = 33_554_432;
const SESSION_WINDOW_BYTES = 33_554_432;
/** Most unread bytes a session holds for all its streams together. */
const SESSION_MEMORY_BYTES = 134_217_728;

/**
 * The credit that a receiver grants on one stream: a window beyond what was read, doubled while the reader takes
 * more than a quarter of it in under two round trips: a sender in its start doubles its rate each round trip, and what
 * is granted now must do for what it sends in two. A quarter is told at once: a grant that is lost and repaired takes long.
 */
export class StreamCredit {
  #windowBytes = INITIAL_STREAM_CREDIT_BYTES;
  #grantedOffset = INITIAL_STREAM_CREDIT_BYTES;
  #grantedAtMs = 0;
  #measuredFromOffset = 0;
  #measuredFromMs = Number.NaN;

  /** The peer may send up to this offset. */
  get grantedOffset(): number {
    return this.#grantedOffset;
  }

  /** Notes how far the stream was read. True where a new grant should be told. */
  consumed(readOffset: number, rttMs: number, nowMs: number): boolean {
    if (Number.isNaN(this.#measuredFromMs)) {
      this.#measuredFromOffset = readOffset;
      this.#measuredFromMs = nowMs;
    }
    if (readOffset - this.#measuredFromOffset >= this.#windowBytes / 4) {
      if (nowMs - this.#measuredFromMs < 2 * rttMs) {
        this.#windowBytes = Math.min(MAX_STREAM_WINDOW_BYTES, this.#windowBytes * 2);
      }
      this.#measuredFromOffset = readOffset;
      this.#measuredFromMs = nowMs;
    }
    if (this.#grantedOffset - readOffset > (this.#windowBytes * 3) / 4) return false;
    this.#grantedAtMs = nowMs;
    this.#grantedOffset = readOffset + this.#windowBytes;
    return true;
  }

  /**
   * Notes how far bytes have arrived while a lost packet holds up the reader, who has read all before it: the path
   * must not stand still for the round trips that the repair takes. True where a new grant should be told.
   */
  arrivedBeyondGap(highestOffset: number, rttMs: number, nowMs: number): boolean {
    if (this.#windowBytes === MAX_STREAM_WINDOW_BYTES || nowMs - this.#grantedAtMs >= 2 * rttMs) return false;
    if (this.#grantedOffset - highestOffset > (this.#windowBytes * 3) / 4) return false;
    this.#grantedAtMs = nowMs;
    this.#grantedOffset += Math.min(this.#windowBytes, MAX_STREAM_WINDOW_BYTES - this.#windowBytes);
    this.#windowBytes = Math.min(MAX_STREAM_WINDOW_BYTES, this.#windowBytes * 2);
    return true;
  }
}

/**
 * The credit for all streams of a session together. It follows what arrived rather than what was read, so that a
 * slow reader stalls its own stream only, until unread bytes reach the ceiling for memory.
 */
export class SessionCredit {
  #receivedBytes = 0;
  #consumedBytes = 0;
  #grantedBytes = INITIAL_SESSION_CREDIT_BYTES;

  get grantedBytes(): number {
    return this.#grantedBytes;
  }

  /** Bytes that arrived and were neither read nor dropped. */
  get unreadBytes(): number {
    return this.#receivedBytes - this.#consumedBytes;
  }

  /** True where this many more bytes are within what was granted. */
  allows(bytes: number): boolean {
    return this.#receivedBytes + bytes <= this.#grantedBytes;
  }

  /** True where a new grant should be told. */
  received(bytes: number): boolean {
    this.#receivedBytes += bytes;
    return this.#grant();
  }

  /** True where a new grant should be told. */
  consumed(bytes: number): boolean {
    this.#consumedBytes += bytes;
    return this.#grant();
  }

  #grant(): boolean {
    const window = Math.min(SESSION_WINDOW_BYTES, SESSION_MEMORY_BYTES - this.unreadBytes);
    const target = this.#receivedBytes + window;
    if (target - this.#grantedBytes < SESSION_WINDOW_BYTES / 4) return false;
    this.#grantedBytes = target;
    return true;
  }
}
