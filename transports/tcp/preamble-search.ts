import { HEADER_BYTES, messageLength } from '../message-length.ts';
import type { MeasureMessage } from '../transport.ts';
import { isPrintable, MAX_PREAMBLE_BYTES, MIN_PREAMBLE_BYTES } from './preamble.ts';

/** With this many bytes the search has ended one way or the other. */
export const PREAMBLE_SEARCH_BYTES = MAX_PREAMBLE_BYTES + HEADER_BYTES;

/** `found`: the preamble is `preambleBytes` long and a message of `messageBytes` follows. `garbage`: this is no peer. */
export type PreambleResult =
  | { readonly kind: 'more' }
  | { readonly kind: 'found'; readonly preambleBytes: number; readonly messageBytes: number }
  | { readonly kind: 'garbage' };

const MORE: PreambleResult = { kind: 'more' };
const GARBAGE: PreambleResult = { kind: 'garbage' };

/**
 * Finds where the preamble ends and the first message starts: nothing but the message says so. Every possible end is
 * tried once, so a stranger costs at most 25 trials, however it cuts its bytes.
 */
export class PreambleSearch {
  readonly #measure: MeasureMessage;
  #printableBytes = 0;
  #nextTrial = MIN_PREAMBLE_BYTES;

  constructor(measure: MeasureMessage) {
    this.#measure = measure;
  }

  /** Looks at all that came since the connection began: the first `end` of `bytes`, never fewer than before. */
  search(bytes: Uint8Array, end: number): PreambleResult {
    const longest = Math.min(end, MAX_PREAMBLE_BYTES);
    while (this.#printableBytes < longest && isPrintable(bytes[this.#printableBytes]!)) this.#printableBytes += 1;
    while (this.#nextTrial <= this.#printableBytes && this.#nextTrial + HEADER_BYTES <= end) {
      const messageBytes = messageLength(this.#measure, bytes, this.#nextTrial);
      if (messageBytes > 0) return { kind: 'found', preambleBytes: this.#nextTrial, messageBytes };
      this.#nextTrial += 1;
    }
    // Where the printable bytes have ended, so has the preamble.
    const lastTrial = this.#printableBytes < longest ? this.#printableBytes : MAX_PREAMBLE_BYTES;
    return this.#nextTrial > lastTrial ? GARBAGE : MORE;
  }
}
