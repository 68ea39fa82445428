import { PIECE_BYTES, type PiecePool } from './piece-pool.ts';
import type { SegmentBudget } from './segment-budget.ts';

/** A run of bytes that arrived before the ones in front of it: the first `length` of `buffer`. */
interface Segment {
  readonly offset: number;
  buffer: Uint8Array;
  length: number;
  /** The buffer is a piece of the pool. */
  isPiece: boolean;
}

/** Runs from this length on are handed on without another copy, in bytes. */
const OWN_PIECE_BYTES = 16_384;
/** Most runs kept out of order. A fifth of 16 MB lost at random, in small datagrams, leaves some 6,000. */
const MAX_WAITING_SEGMENTS = 16_384;

/**
 * Puts one direction of a stream into order. Arriving bytes are copied, those in order into pieces as large as a
 * socket likes to write, so nothing refers to the packet they came in.
 */
export class ReceiveBuffer {
  readonly #budget: SegmentBudget;
  readonly #pieces: PiecePool;
  readonly #ready: Uint8Array[] = [];
  #tail: Uint8Array | null = null;
  #tailBytes = 0;
  /** Out of order, sorted by offset, not overlapping. */
  readonly #waiting: Segment[] = [];
  #nextOffset = 0;
  #readOffset = 0;
  #highestOffset = 0;
  #finalOffset: number | null = null;

  constructor(budget: SegmentBudget, pieces: PiecePool) {
    this.#budget = budget;
    this.#pieces = pieces;
  }

  /** How far the peer has sent, gaps included: what credit counts. */
  get highestOffset(): number {
    return this.#highestOffset;
  }

  /** How far the bytes were read. */
  get readOffset(): number {
    return this.#readOffset;
  }

  get hasReadable(): boolean {
    return this.#readOffset < this.#nextOffset;
  }

  /** True once the peer's last byte was read. */
  get isEnded(): boolean {
    return this.#finalOffset === this.#readOffset;
  }

  get finalOffset(): number | null {
    return this.#finalOffset;
  }

  /** Runs of bytes that wait for a gap in front of them. */
  get waitingSegments(): number {
    return this.#waiting.length;
  }

  /**
   * Takes bytes in any order, any number of times. Returns false where they contradict what is known of the
   * stream's end or come in absurdly many pieces: the peer breaks the protocol, and the stream is of no use any more.
   */
  receive(offset: number, bytes: Uint8Array, last: boolean): boolean {
    if (!this.#noteEnd(offset + bytes.length, last)) return false;
    if (offset + bytes.length <= this.#nextOffset) return true;
    if (offset > this.#nextOffset) return this.#keepWaiting(offset, bytes);
    this.#append(offset === this.#nextOffset ? bytes : bytes.subarray(this.#nextOffset - offset));
    if (this.#waiting.length > 0) this.#appendWaiting();
    return true;
  }

  /** The next run of bytes in order, or null. It is the caller's, who may give it back to the pool. */
  read(): Uint8Array | null {
    const piece = this.#ready.shift() ?? this.#takeTail();
    if (piece !== null) this.#readOffset += piece.length;
    return piece;
  }

  /** Drops what is held; later bytes only count for credit. */
  discard(): void {
    this.#ready.length = 0;
    this.#tail = null;
    this.#tailBytes = 0;
    for (const segment of this.#waiting) if (segment.isPiece) this.#dropPiece(segment);
    this.#budget.giveBack(this.#waiting.length);
    this.#waiting.length = 0;
    this.#nextOffset = this.#highestOffset;
    this.#readOffset = this.#highestOffset;
  }

  /** Notes bytes that are not wanted any more. Returns false where they contradict the stream's end. */
  skip(offset: number, byteCount: number, last: boolean): boolean {
    if (!this.#noteEnd(offset + byteCount, last)) return false;
    this.#nextOffset = this.#highestOffset;
    this.#readOffset = this.#highestOffset;
    return true;
  }

  #noteEnd(end: number, last: boolean): boolean {
    if (this.#finalOffset !== null && (end > this.#finalOffset || (last && end !== this.#finalOffset))) return false;
    if (last && end < this.#highestOffset) return false;
    if (last) this.#finalOffset = end;
    if (end > this.#highestOffset) this.#highestOffset = end;
    return true;
  }

  #append(bytes: Uint8Array): void {
    this.#nextOffset += bytes.length;
    let rest = bytes;
    if (this.#tail !== null && this.#tailBytes < this.#tail.length) {
      const room = this.#tail.length - this.#tailBytes;
      const part = rest.length <= room ? rest : rest.subarray(0, room);
      this.#tail.set(part, this.#tailBytes);
      this.#tailBytes += part.length;
      if (part.length === rest.length) return;
      rest = rest.subarray(part.length);
    }
    // A lone short message gets a buffer of its size; a second one before the next read shows a bulk transfer.
    const isBulk = this.#tail !== null || rest.length >= OWN_PIECE_BYTES;
    this.#closeTail();
    this.#tail = isBulk && rest.length <= PIECE_BYTES ? this.#pieces.take() : Buffer.allocUnsafe(rest.length);
    this.#tail.set(rest);
    this.#tailBytes = rest.length;
  }

  #closeTail(): void {
    const piece = this.#takeTail();
    if (piece !== null) this.#ready.push(piece);
  }

  #takeTail(): Uint8Array | null {
    const tail = this.#tail;
    if (tail === null) return null;
    const bytes = tail.subarray(0, this.#tailBytes);
    this.#tail = null;
    this.#tailBytes = 0;
    if (bytes.length >= OWN_PIECE_BYTES || bytes.length === tail.length) return bytes;
    // Whoever reads counts bytes: a peer that sends a few at a time must not make them hold a piece each.
    const copy = Buffer.from(bytes);
    this.#pieces.giveBack(tail);
    return copy;
  }

  #appendWaiting(): void {
    const waiting = this.#waiting;
    let used = 0;
    while (used < waiting.length && waiting[used]!.offset <= this.#nextOffset) {
      const segment = waiting[used++]!;
      const bytes = segment.buffer.subarray(
        Math.min(this.#nextOffset - segment.offset, segment.length),
        segment.length,
      );
      if (bytes.length < OWN_PIECE_BYTES) {
        if (bytes.length > 0) this.#append(bytes);
        if (segment.isPiece) this.#dropPiece(segment);
        continue;
      }
      this.#closeTail();
      this.#ready.push(bytes);
      this.#nextOffset += bytes.length;
      if (segment.isPiece) this.#budget.giveBackPiece();
    }
    if (used === 0) return;
    waiting.splice(0, used);
    this.#budget.giveBack(used);
  }

  /** Keeps only the parts that are not kept already, so that memory is bounded by the credit granted. */
  #keepWaiting(offset: number, bytes: Uint8Array): boolean {
    const waiting = this.#waiting;
    const end = offset + bytes.length;
    let index = this.#firstSegmentAbove(offset);
    const before = waiting[index - 1];
    let at = before === undefined ? offset : Math.max(offset, before.offset + before.length);
    while (at < end) {
      const following = waiting[index];
      const partEnd = following === undefined ? end : Math.min(end, following.offset);
      if (at < partEnd) {
        const part = bytes.subarray(at - offset, partEnd - offset);
        if (!this.#extend(waiting[index - 1], at, part)) {
          if (waiting.length >= MAX_WAITING_SEGMENTS || !this.#budget.take()) return false;
          const buffer = Uint8Array.prototype.slice.call(part);
          waiting.splice(index, 0, { offset: at, buffer, length: part.length, isPiece: false });
          index++;
        }
      }
      if (following === undefined) break;
      at = Math.max(partEnd, following.offset + following.length);
      index++;
    }
    return true;
  }

  /**
   * Adds bytes to the run that ends where they begin. It gets a piece for that, while not too many have one; then its buffer
   * grows by doubling.
   */
  #extend(segment: Segment | undefined, at: number, part: Uint8Array): boolean {
    if (segment === undefined || segment.offset + segment.length !== at) return false;
    const length = segment.length + part.length;
    if (length > segment.buffer.length) {
      if (length > PIECE_BYTES) return false;
      const isPiece = this.#budget.takePiece();
      const grownBytes = Math.min(PIECE_BYTES, Math.max(length, 2 * segment.buffer.length));
      const grown = isPiece ? this.#pieces.take() : Buffer.allocUnsafe(grownBytes);
      grown.set(segment.buffer.subarray(0, segment.length));
      segment.buffer = grown;
      segment.isPiece = isPiece;
    }
    segment.buffer.set(part, segment.length);
    segment.length = length;
    return true;
  }

  #dropPiece(segment: Segment): void {
    this.#pieces.giveBack(segment.buffer);
    this.#budget.giveBackPiece();
  }

  /** The index of the first segment that begins above an offset; most often it is the end. */
  #firstSegmentAbove(offset: number): number {
    const waiting = this.#waiting;
    let low = 0;
    let high = waiting.length;
    if (high > 0 && waiting[high - 1]!.offset <= offset) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (waiting[middle]!.offset <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
