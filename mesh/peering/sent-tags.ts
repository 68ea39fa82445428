import { TAG_OFFSET } from '../wire/seal-scratch.ts';

/** Messages remembered; a power of two. More than a round trip of 100 Mbit/s and 50 ms. */
const SLOTS = 512;

/** The tags T of the messages that were sent last on one way, by their first eight bytes, for what relays say of them. */
export class SentTags {
  readonly #words = new Uint32Array(2 * SLOTS);
  #count = 0;

  /** Notes the messages that stand back to back in `bytes` up to `end`, each `messageBytes` long but for the last. */
  note(bytes: Uint8Array, end: number, messageBytes: number): void {
    for (let offset = 0; offset + TAG_OFFSET + 16 <= end; offset += messageBytes) {
      const at = 2 * (this.#count++ & (SLOTS - 1));
      this.#words[at] = word(bytes, offset + TAG_OFFSET);
      this.#words[at + 1] = word(bytes, offset + TAG_OFFSET + 4);
    }
  }

  /** Whether a message with this tag was among the last. */
  has(tag: Uint8Array): boolean {
    const first = word(tag, 0);
    const second = word(tag, 4);
    const words = this.#words;
    for (let at = 0; at < 2 * Math.min(this.#count, SLOTS); at += 2) {
      if (words[at] === first && words[at + 1] === second) return true;
    }
    return false;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
