import type { PiecePool } from './piece-pool.ts';
import { INITIAL_STREAM_CREDIT_BYTES } from './receive-credit.ts';
import { SendBuffer } from './send-buffer.ts';

const HIGH_WATER_BYTES = 524_288;

/** What goes out next of a stream: `bytes` from `offset` on, none of them where only the end is to be told. */
export interface NextData {
  readonly offset: number;
  readonly bytes: number;
  /** The direction ends after them. */
  readonly last: boolean;
}

/**
 * The direction of a stream away from here: what was written, how far the peer lets it go, and how it ended. It ends
 * once: with its last byte, or with RESET and its final offset.
 */
export class SendingHalf {
  readonly #buffer = new SendBuffer();
  /** `open`, then `finishing` until the last byte or `resetting` until RESET or REFUSED is acknowledged, then `done`. */
  #state: 'open' | 'finishing' | 'resetting' | 'done' = 'open';
  #last: 'unsent' | 'sent' | 'lost' | 'acknowledged' = 'unsent';
  #limitOffset = INITIAL_STREAM_CREDIT_BYTES;
  #wantsWritable = false;

  /** Whether the application may still write. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** The direction ended and the peer knows. */
  get isDone(): boolean {
    return this.#state === 'done';
  }

  get highWaterBytes(): number {
    return HIGH_WATER_BYTES;
  }

  get unsentBytes(): number {
    return this.#buffer.unsentBytes;
  }

  /** Bytes kept: written and not yet acknowledged without a gap. */
  get cachedBytes(): number {
    return this.#buffer.cachedBytes;
  }

  /** The first offset that was never sent. */
  get nextOffset(): number {
    return this.#buffer.nextOffset;
  }

  /** Where {@link next} begins. */
  get firstOffset(): number {
    return this.#buffer.firstOffset;
  }

  get hasLost(): boolean {
    return this.#isSending && this.#buffer.hasLost;
  }

  /** True where a packet could carry something of it now, as far as the stream's own credit goes. */
  get hasWork(): boolean {
    if (!this.#isSending) return false;
    if (this.#buffer.hasLost) return true;
    if (this.#buffer.unsentBytes > 0) return this.#buffer.nextOffset < this.#limitOffset;
    return this.#isEndDue;
  }

  /** True where only the peer's credit for the stream keeps it from sending. */
  get isBlocked(): boolean {
    return this.#isSending && this.#buffer.unsentBytes > 0 && this.#buffer.nextOffset >= this.#limitOffset;
  }

  /** Queues bytes, or copies of them in `pieces`. False where the direction is over. */
  write(bytes: Uint8Array, pieces: PiecePool | null = null): boolean {
    if (this.#state !== 'open') return false;
    this.#buffer.write(bytes, pieces);
    if (this.#buffer.unsentBytes >= HIGH_WATER_BYTES) this.#wantsWritable = true;
    return true;
  }

  /** Ends the direction after what was written. False where it was over already. */
  finish(): boolean {
    if (this.#state !== 'open') return false;
    this.#state = 'finishing';
    return true;
  }

  /** Ends the direction here and now. Returns the final offset for RESET, or null where it was over already. */
  reset(): number | null {
    if (!this.#isSending) return null;
    this.#state = 'resetting';
    this.#buffer.clear();
    return this.#buffer.nextOffset;
  }

  /** The session is gone. */
  abandon(): void {
    this.#state = 'done';
    this.#buffer.clear();
  }

  /**
   * What to send now, lost bytes first: at most `maxBytes`, of which at most `newBytes` may never have been sent. Null
   * where there is nothing.
   */
  next(maxBytes: number, newBytes: number): NextData | null {
    if (!this.#isSending) return null;
    const buffer = this.#buffer;
    const found = buffer.peek(maxBytes, Math.min(this.#limitOffset, buffer.nextOffset + newBytes));
    if (found === null) {
      const isEnd = buffer.unsentBytes === 0 && this.#isEndDue;
      return isEnd ? { offset: buffer.endOffset, bytes: 0, last: true } : null;
    }
    const { offset, bytes } = found;
    return { offset, bytes, last: this.#state === 'finishing' && offset + bytes === buffer.endOffset };
  }

  /** Whether these bytes could be sent once more, and might be of use. */
  isKept(offset: number, bytes: number): boolean {
    return this.#isSending && this.#buffer.isKept(offset, bytes);
  }

  /** Copies bytes that {@link next} named, or that are kept. */
  copyInto(out: Uint8Array, outOffset: number, offset: number, bytes: number): void {
    this.#buffer.copyInto(out, outOffset, offset, bytes);
  }

  /** Notes that these bytes are on their way. True where the application waits for room, and there is some again. */
  sent({ offset, bytes, last }: NextData): boolean {
    this.#buffer.sent(offset, bytes);
    if (last) this.#last = 'sent';
    if (!this.#wantsWritable || this.#buffer.unsentBytes >= HIGH_WATER_BYTES / 2) return false;
    this.#wantsWritable = false;
    return this.#state === 'open';
  }

  acknowledged({ offset, bytes, last }: NextData): void {
    if (!this.#isSending) return;
    this.#buffer.acknowledge(offset, bytes);
    if (last) this.#last = 'acknowledged';
    if (this.#last === 'acknowledged' && this.#buffer.isAllAcknowledged) this.#state = 'done';
  }

  /** Queues again what of this was not acknowledged meanwhile. */
  lost({ offset, bytes, last }: NextData): void {
    if (!this.#isSending) return;
    this.#buffer.lose(offset, bytes);
    if (last && this.#last === 'sent') this.#last = 'lost';
  }

  /** RESET or REFUSED arrived at the peer. */
  endAcknowledged(): void {
    if (this.#state === 'resetting') this.#state = 'done';
  }

  /** The peer grants credit up to this offset. False where that is no more than it did. */
  grant(offset: number): boolean {
    if (offset <= this.#limitOffset) return false;
    this.#limitOffset = offset;
    return true;
  }

  get #isSending(): boolean {
    return this.#state === 'open' || this.#state === 'finishing';
  }

  get #isEndDue(): boolean {
    return this.#state === 'finishing' && (this.#last === 'unsent' || this.#last === 'lost');
  }
}
