import type { PiecePool } from './piece-pool.ts';
import { ReceiveBuffer } from './receive-buffer.ts';
import { StreamCredit } from './receive-credit.ts';
import type { SegmentBudget } from './segment-budget.ts';

/** What arriving bytes did. `broken`: the peer contradicts itself. */
export type Arrival = 'broken' | 'readable' | 'nothing';

/** What the receiving half asks of its session. */
export interface ReceivingHost {
  readonly segments: SegmentBudget;
  readonly pieces: PiecePool;
  /** Bytes were read or will never be read. */
  streamConsumed(bytes: number): void;
}

/**
 * The direction of a stream towards here: what arrived, what of it was read, and how it ended. The peer's bytes count
 * for credit up to the highest offset, and are all consumed in the end, whatever becomes of them.
 */
export class ReceivingHalf {
  readonly credit = new StreamCredit();
  readonly #host: ReceivingHost;
  readonly #buffer: ReceiveBuffer;
  /**
   * `open`; `unwanted`: only its final offset is waited for; `ended`: read to its last byte; `cut`: over without that.
   */
  #state: 'open' | 'unwanted' | 'ended' | 'cut' = 'open';

  constructor(host: ReceivingHost) {
    this.#host = host;
    this.#buffer = new ReceiveBuffer(host.segments, host.pieces);
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Nothing of the direction is outstanding any more. */
  get isDone(): boolean {
    return this.#state === 'ended' || this.#state === 'cut';
  }

  /** All was read up to the peer's last byte. Never true where the direction was cut. */
  get readEnded(): boolean {
    return this.#state === 'ended' || (this.#state === 'open' && this.#buffer.isEnded);
  }

  /** True where there is something to tell the owner: bytes in order, or the end. */
  get isReadable(): boolean {
    return this.#state === 'open' && (this.#buffer.hasReadable || this.#buffer.isEnded);
  }

  get readOffset(): number {
    return this.#buffer.readOffset;
  }

  /** True while the peer may have bytes to come that need credit. */
  get needsCredit(): boolean {
    return this.#state === 'open' && this.#buffer.finalOffset === null;
  }

  /** True where bytes behind a gap have used the credit up so far that more should be told. */
  isShortOfCredit(rttMs: number, nowMs: number): boolean {
    if (!this.needsCredit || this.#buffer.hasReadable) return false;
    const { highestOffset, readOffset } = this.#buffer;
    return highestOffset > readOffset && this.credit.arrivedBeyondGap(highestOffset, rttMs, nowMs);
  }

  /** How many bytes these add to what credit counts, or null where they break the stream's own limit. */
  newBytes(offset: number, bytes: number): number | null {
    if (this.isDone) return 0; // ignored
    if (offset + bytes > this.credit.grantedOffset) return null;
    return Math.max(0, offset + bytes - this.#buffer.highestOffset);
  }

  receive(offset: number, bytes: Uint8Array, last: boolean): Arrival {
    if (this.isDone) return 'nothing';
    if (this.#state === 'unwanted') {
      const before = this.#buffer.highestOffset;
      const isValid = this.#buffer.skip(offset, bytes.length, last);
      this.#host.streamConsumed(this.#buffer.highestOffset - before);
      if (isValid && last) this.#state = 'cut';
      return 'nothing';
    }
    const hadReadable = this.#buffer.hasReadable;
    const wasEndKnown = this.#buffer.finalOffset !== null;
    if (!this.#buffer.receive(offset, bytes, last)) return 'broken';
    const endsNow = this.#buffer.isEnded && !wasEndKnown;
    return endsNow || (this.#buffer.hasReadable && !hadReadable) ? 'readable' : 'nothing';
  }

  /** The next bytes in order, owned by the caller, or null. */
  read(): Uint8Array | null {
    const piece = this.#buffer.read();
    if (piece !== null) this.#host.streamConsumed(piece.length);
    if (this.#state === 'open' && this.#buffer.isEnded) this.#state = 'ended';
    return piece;
  }

  /** The peer ended its direction early. Returns false where its final offset contradicts what is known. */
  cutAt(finalOffset: number): boolean {
    if (this.isDone) return true;
    const { highestOffset, readOffset } = this.#buffer;
    if (!this.#buffer.skip(finalOffset, 0, true)) return false;
    this.#buffer.discard();
    this.#host.streamConsumed(Math.max(finalOffset, highestOffset) - readOffset);
    this.#state = 'cut';
    return true;
  }

  /**
   * Lets go of what arrived; bytes still to come only count for credit, until the final offset is known. Returns
   * whether it is not yet.
   */
  drop(): boolean {
    if (this.#state !== 'open') return false;
    this.#discard();
    this.#state = this.#buffer.isEnded ? 'cut' : 'unwanted';
    return this.#state === 'unwanted';
  }

  /** Nothing more will come: the peer refused the stream, or the session is gone. */
  abandon(): void {
    if (this.isDone) return;
    this.#discard();
    this.#state = 'cut';
  }

  #discard(): void {
    const held = this.#buffer.highestOffset - this.#buffer.readOffset;
    this.#buffer.discard();
    this.#host.streamConsumed(held);
  }
}
