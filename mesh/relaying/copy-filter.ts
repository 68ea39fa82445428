/** Messages remembered; a power of two. At 10,000 packets/s they are those of the last second or so. */
const SLOTS = 8_192;
/** Two words of T, the low word of the packet number, and how often it was passed on. */
const WORDS = 4;
/** The network repeats a packet now and then; whoever repeats it more often wants something else. */
const MAX_COPIES = 2;

/**
 * Counts how often the same message came to be passed on. Tags are as good as random to everybody who lacks the key, so
 * each has its slot by its first bits and puts out what was there: memory is fixed, and nobody can aim at a slot.
 */
export class CopyFilter {
  readonly #words = new Uint32Array(SLOTS * WORDS);

  /** True for the first two copies of a message with this tag and packet number. */
  admits(tag: Uint8Array, packetNumber: number): boolean {
    const first = word(tag, 0);
    const second = word(tag, 4);
    const at = (first & (SLOTS - 1)) * WORDS;
    const words = this.#words;
    const number = packetNumber >>> 0;
    if (words[at] === first && words[at + 1] === second && words[at + 2] === number && words[at + 3]! > 0) {
      if (words[at + 3]! >= MAX_COPIES) return false;
      words[at + 3]!++;
      return true;
    }
    words[at] = first;
    words[at + 1] = second;
    words[at + 2] = number;
    words[at + 3] = 1;
    return true;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
