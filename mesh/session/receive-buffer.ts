/** Bytes that arrived before the ones in front of them. */
interface Segment {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Longest run that is handed on as one piece, in bytes: a good size for one write to a socket. */
const MAX_PIECE_BYTES = 65_536;

/** Most runs kept out of order. 16 MB in full datagrams behind one gap are 14,500; more is an attack on memory. */
const MAX_WAITING_SEGMENTS = 16_384;

/**
 * Puts one direction of a stream into order. Arriving bytes are copied, those in order into pieces as large as a
 * socket likes to write, so nothing refers to the packet they came in.
 */
export class ReceiveBuffer {
  readonly #ready: Uint8Array[] = [];
  #tail: Uint8Array | null = null;
  #tailBytes = 0;
  /** Out of order, sorted by offset, not overlapping. */
  readonly #waiting: Segment[] = [];
  #nextOffset = 0;
  #readOffset = 0;
  #highestOffset = 0;
  #finalOffset: number | null = null;

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

  /** Bytes held: in order and unread, or waiting for a gap. */
  get heldBytes(): number {
    let waiting = 0;
    for (const segment of this.#waiting) waiting += segment.bytes.length;
    return this.#nextOffset - this.#readOffset + waiting;
  }

  /**
   * Takes bytes in any order, any number of times. Returns false where they contradict what is known of the
   * stream's end or come in absurdly many pieces: the peer breaks the protocol, and nothing was taken.
   */
  receive(offset: number, bytes: Uint8Array, last: boolean): boolean {
    if (this.#waiting.length >= MAX_WAITING_SEGMENTS || !this.#noteEnd(offset + bytes.length, last)) return false;
    if (offset + bytes.length <= this.#nextOffset) return true;
    if (offset > this.#nextOffset) {
      this.#keepWaiting(offset, bytes);
      return true;
    }
    this.#append(offset === this.#nextOffset ? bytes : bytes.subarray(this.#nextOffset - offset));
    this.#appendWaiting();
    return true;
  }

  /** The next run of bytes in order, owned by the caller, or null. */
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
    // A lone message gets a buffer of its size; a second one before the next read shows a bulk transfer.
    const isBulk = this.#tail !== null;
    this.#closeTail();
    this.#tail = Buffer.allocUnsafe(isBulk ? Math.max(rest.length, MAX_PIECE_BYTES) : rest.length);
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
    const bytes = this.#tailBytes;
    this.#tail = null;
    this.#tailBytes = 0;
    return bytes === tail.length ? tail : tail.subarray(0, bytes);
  }

  #appendWaiting(): void {
    const waiting = this.#waiting;
    let used = 0;
    while (used < waiting.length && waiting[used]!.offset <= this.#nextOffset) {
      const segment = waiting[used++]!;
      const skip = this.#nextOffset - segment.offset;
      if (skip < segment.bytes.length) this.#append(skip === 0 ? segment.bytes : segment.bytes.subarray(skip));
    }
    if (used > 0) waiting.splice(0, used);
  }

  /** Keeps only the parts that are not kept already, so that memory is bounded by the credit granted. */
  #keepWaiting(offset: number, bytes: Uint8Array): void {
    const waiting = this.#waiting;
    const end = offset + bytes.length;
    let index = waiting.length;
    while (index > 0 && waiting[index - 1]!.offset >= offset) index--;
    let at = offset;
    if (index > 0) at = Math.max(at, waiting[index - 1]!.offset + waiting[index - 1]!.bytes.length);
    while (at < end) {
      const following = waiting[index];
      const partEnd = following === undefined ? end : Math.min(end, following.offset);
      if (at < partEnd) {
        waiting.splice(index, 0, {
          offset: at,
          bytes: Uint8Array.prototype.slice.call(bytes, at - offset, partEnd - offset),
        });
        index++;
      }
      if (following === undefined) return;
      at = Math.max(at, following.offset + following.bytes.length);
      index++;
    }
  }
}
