/** A piece of stream bytes: a good size for one write to a socket, in bytes. */
export const PIECE_BYTES = 65_536;
/** Pieces kept for reuse: as many as are under way at full speed, to a socket or to be acknowledged; 4 MB. */
const MAX_IDLE_PIECES = 64;

/**
 * Pieces that were read, written to a socket and given back. A new one for each 64 KB that arrive would be garbage outside
 * V8's heap, whose collection costs more than sealing the bytes, and memory that no cache holds.
 */
export class PiecePool {
  readonly #idle: ArrayBufferLike[] = [];
  readonly #own = new WeakSet<ArrayBufferLike>();

  /** How many wait for reuse. */
  get idleCount(): number {
    return this.#idle.length;
  }

  /** A piece with arbitrary content. */
  take(): Uint8Array {
    const idle = this.#idle.pop();
    if (idle !== undefined) return new Uint8Array(idle);
    const piece = new Uint8Array(PIECE_BYTES);
    this.#own.add(piece.buffer);
    return piece;
  }

  /** Takes a piece back, or a view of one. What is not from here, or one too many, is left to the garbage collector. */
  giveBack({ buffer }: Uint8Array): void {
    if (this.#idle.length >= MAX_IDLE_PIECES || !this.#own.has(buffer) || this.#idle.includes(buffer)) return;
    this.#idle.push(buffer);
  }

  /** Lets go of what waits, because nothing is being transferred. */
  clear(): void {
    this.#idle.length = 0;
  }
}
