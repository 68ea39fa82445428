/** Runs of bytes that all streams of a session together may keep out of order: some 30 MB of bookkeeping at most. */
const MAX_SEGMENTS = 131_072;

/** Runs of these that may have a piece each, however little of it they fill: 4 MB. */
const MAX_PIECES = 64;

/**
 * Bounds what a session's streams keep out of order. Credit bounds the bytes; a peer that sends every other byte alone
 * would still make each of them cost hundreds.
 */
export class SegmentBudget {
  #used = 0;
  #pieces = 0;

  /** Segments kept now. */
  get used(): number {
    return this.#used;
  }

  /** Takes room for one more segment. False where there is none. */
  take(): boolean {
    if (this.#used >= MAX_SEGMENTS) return false;
    this.#used++;
    return true;
  }

  giveBack(count: number): void {
    this.#used -= count;
  }

  /** Takes room for a piece of the pool in a segment. False where there is none. */
  takePiece(): boolean {
    if (this.#pieces >= MAX_PIECES) return false;
    this.#pieces++;
    return true;
  }

  giveBackPiece(): void {
    this.#pieces--;
  }
}
