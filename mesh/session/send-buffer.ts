import { ByteRanges } from './byte-ranges.ts';
import { PIECE_BYTES, type PiecePool } from './piece-pool.ts';

/** Copies from this length on are made in pieces, in bytes; shorter ones must not pin that much memory. */
const OWN_PIECE_BYTES = 16_384;

/**
 * One direction's bytes from the moment they are written until the peer has acknowledged them: the stream's part
 * of the send cache. Chunks are kept by reference and never copied but into packets, unless they were lent.
 */
export class SendBuffer {
  readonly #chunks: Uint8Array[] = [];
  readonly #chunkStarts: number[] = [];
  #head = 0;
  #cursor = 0;
  readonly #acknowledged = new ByteRanges();
  readonly #lost = new ByteRanges();
  /** Chunks that are pieces of the pool. */
  readonly #copies = new Set<Uint8Array>();
  #pieces: PiecePool | null = null;
  /** Everything below was acknowledged. */
  #base = 0;
  /** The first offset that was never sent. */
  #next = 0;
  #end = 0;

  /** Bytes ever written. */
  get endOffset(): number {
    return this.#end;
  }

  /** The first offset that was never sent. */
  get nextOffset(): number {
    return this.#next;
  }

  get unsentBytes(): number {
    return this.#end - this.#next;
  }

  /** Where {@link peek} begins. */
  get firstOffset(): number {
    return this.#lost.isEmpty ? this.#next : this.#lost.firstStart;
  }

  get hasLost(): boolean {
    return !this.#lost.isEmpty;
  }

  get isAllAcknowledged(): boolean {
    return this.#base === this.#end;
  }

  /** Bytes kept: written and not yet acknowledged without a gap. */
  get cachedBytes(): number {
    return this.#end - this.#base;
  }

  /** True where all of these bytes were written and none of them is forgotten. */
  isKept(offset: number, bytes: number): boolean {
    return offset >= this.#base && offset + bytes <= this.#end;
  }

  /** Appends bytes, which must not change until they are acknowledged; or copies of them, in `pieces`. */
  write(bytes: Uint8Array, pieces: PiecePool | null = null): void {
    if (pieces === null) {
      this.#append(bytes);
      return;
    }
    this.#pieces = pieces;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) this.#copy(bytes.subarray(at, at + PIECE_BYTES), pieces);
  }

  #copy(bytes: Uint8Array, pieces: PiecePool): void {
    if (bytes.length < OWN_PIECE_BYTES) {
      this.#append(Uint8Array.prototype.slice.call(bytes));
      return;
    }
    const piece = pieces.take();
    const copy = bytes.length === piece.length ? piece : piece.subarray(0, bytes.length);
    copy.set(bytes);
    this.#copies.add(copy);
    this.#append(copy);
  }

  #append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#chunkStarts.push(this.#end);
    this.#end += bytes.length;
  }

  /** What to send next: lost bytes first. Returns the number of bytes from `offset` on, 0 where there is nothing. */
  peek(maxBytes: number, newLimitOffset: number): { readonly offset: number; readonly bytes: number } | null {
    if (!this.#lost.isEmpty) {
      const offset = this.#lost.firstStart;
      return { offset, bytes: Math.min(maxBytes, this.#lost.firstEnd - offset) };
    }
    const bytes = Math.min(maxBytes, this.#end - this.#next, newLimitOffset - this.#next);
    return bytes > 0 ? { offset: this.#next, bytes } : null;
  }

  /** Notes that these bytes are on their way. */
  sent(offset: number, bytes: number): void {
    this.#lost.remove(offset, offset + bytes);
    if (offset + bytes > this.#next) this.#next = offset + bytes;
  }

  /** Copies sent or unsent bytes, all of which are still kept. */
  copyInto(out: Uint8Array, outOffset: number, offset: number, bytes: number): void {
    let index = this.#chunkAt(offset);
    let at = offset;
    const end = offset + bytes;
    while (at < end) {
      const chunk = this.#chunks[index]!;
      const within = at - this.#chunkStarts[index]!;
      const take = Math.min(chunk.length - within, end - at);
      out.set(take === chunk.length ? chunk : chunk.subarray(within, within + take), outOffset + (at - offset));
      at += take;
      if (at < end) index++;
    }
    this.#cursor = index;
  }

  acknowledge(offset: number, bytes: number): void {
    const end = offset + bytes;
    this.#lost.remove(offset, end);
    if (end <= this.#base) return;
    if (offset > this.#base) {
      this.#acknowledged.add(offset, end);
      return;
    }
    this.#base = end;
    while (!this.#acknowledged.isEmpty && this.#acknowledged.firstStart <= this.#base) {
      this.#base = Math.max(this.#base, this.#acknowledged.firstEnd);
      this.#acknowledged.remove(this.#acknowledged.firstStart, this.#acknowledged.firstEnd);
    }
    this.#dropAcknowledgedChunks();
  }

  /** Queues again what of these bytes was not acknowledged meanwhile. */
  lose(offset: number, bytes: number): void {
    const start = Math.max(offset, this.#base);
    this.#acknowledged.forEachGap(start, offset + bytes, (gapStart, gapEnd) => this.#lost.add(gapStart, gapEnd));
  }

  /** Forgets everything: nothing is sent any more. */
  clear(): void {
    this.#chunks.length = 0;
    this.#chunkStarts.length = 0;
    for (const copy of this.#copies) this.#pieces?.giveBack(copy);
    this.#copies.clear();
    this.#head = 0;
    this.#cursor = 0;
    this.#lost.clear();
    this.#acknowledged.clear();
    this.#base = this.#next;
    this.#end = this.#next;
  }

  #chunkAt(offset: number): number {
    const starts = this.#chunkStarts;
    const cursor = this.#cursor;
    if (cursor >= this.#head && cursor < starts.length && starts[cursor]! <= offset) {
      if (offset < starts[cursor]! + this.#chunks[cursor]!.length) return cursor;
      const next = cursor + 1;
      if (next < starts.length && starts[next]! <= offset && offset < starts[next]! + this.#chunks[next]!.length)
        return next;
    }
    let low = this.#head;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #dropAcknowledgedChunks(): void {
    const chunks = this.#chunks;
    while (this.#head < chunks.length && this.#chunkStarts[this.#head]! + chunks[this.#head]!.length <= this.#base) {
      const chunk = chunks[this.#head]!;
      if (this.#copies.delete(chunk)) this.#pieces?.giveBack(chunk);
      chunks[this.#head++] = EMPTY;
    }
    if (this.#head > 64 && this.#head * 2 > chunks.length) {
      chunks.splice(0, this.#head);
      this.#chunkStarts.splice(0, this.#head);
      this.#cursor = Math.max(0, this.#cursor - this.#head);
      this.#head = 0;
    }
  }
}

const EMPTY = new Uint8Array(0);
