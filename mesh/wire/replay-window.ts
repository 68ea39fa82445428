const WORD_BITS = 32;

/**
 * Remembers which packet numbers were seen, as a ring of bits that is never shifted (RFC 6479). Numbers are integers from
 * 0 to 2^48 - 1; those that lie `bits` or more below the largest count as seen.
 *
 * Ask {@link ReplayWindow.isNew} before the tag is verified and {@link ReplayWindow.mark} after it.
 */
export class ReplayWindow {
  readonly #bits: number;
  readonly #words: Uint32Array;
  #largest = -1;

  /** `bits`: how many numbers, the largest included, are told apart. A multiple of 32. */
  constructor(bits = 8192) {
    if (bits <= 0 || bits % WORD_BITS !== 0) throw new RangeError('a window has a multiple of 32 bits');
    this.#bits = bits;
    // One word more than the window: the word of the largest number is only partly in use.
    this.#words = new Uint32Array(bits / WORD_BITS + 1);
  }

  /** The largest number marked, or -1. */
  get largest(): number {
    return this.#largest;
  }

  /** Whether the number was not marked and is recent enough to tell. Changes nothing. */
  isNew(number: number): boolean {
    if (number > this.#largest) return true;
    if (number <= this.#largest - this.#bits) return false;
    return (this.#words[this.#slot(number)]! & bitOf(number)) === 0;
  }

  /** Remembers a number. One that is too old is ignored. */
  mark(number: number): void {
    if (number > this.#largest) this.#advance(number);
    else if (number <= this.#largest - this.#bits) return;
    const slot = this.#slot(number);
    this.#words[slot] = this.#words[slot]! | bitOf(number);
  }

  /** Clears the words that come into the window. */
  #advance(number: number): void {
    const words = this.#words;
    const last = Math.floor(number / WORD_BITS);
    let word = Math.max(0, Math.floor(this.#largest / WORD_BITS) + 1);
    if (last - word >= words.length) word = last - words.length + 1;
    for (; word <= last; word++) words[word % words.length] = 0;
    this.#largest = number;
  }

  #slot(number: number): number {
    return Math.floor(number / WORD_BITS) % this.#words.length;
  }
}

function bitOf(number: number): number {
  return 1 << (number % WORD_BITS);
}
