import { HEADER_BYTES, MAX_MESSAGE_BYTES, messageLength } from '../message-length.ts';
import type { MeasureMessage } from '../transport.ts';
import { PREAMBLE_SEARCH_BYTES, PreambleSearch } from './preamble-search.ts';

/**
 * `preamble`: nothing is recognised yet. `messages`: the peer is one of ours. `garbage`: it is not, or no longer; this
 * is final, and whatever comes is ignored.
 */
export type SplitterState = 'preamble' | 'messages' | 'garbage';

const NOTHING = new Uint8Array(0);

/**
 * Cuts one direction of a stream (a preamble, then messages back to back) into runs of whole messages.
 *
 * Messages that stand complete in what was read are passed on as one view of it. Only a message cut by the reads is
 * copied, once, into a buffer that is reused. Nothing waits for a body before its header was recognised, so a
 * stranger makes it hold less than 96 bytes.
 */
export class MessageSplitter {
  readonly #measure: MeasureMessage;
  readonly #deliver: (run: Uint8Array) => void;
  readonly #search: PreambleSearch;
  #state: SplitterState = 'preamble';
  /** The start of a message that has not come whole, or of all while the preamble is searched. */
  #held = NOTHING;
  #heldBytes = 0;
  /** How many held bytes it takes to go on: a header, or the message whose header is known. */
  #neededBytes = HEADER_BYTES;

  /** `deliver` gets one or more whole messages back to back, valid within the call only. */
  constructor(measure: MeasureMessage, deliver: (run: Uint8Array) => void) {
    this.#measure = measure;
    this.#deliver = deliver;
    this.#search = new PreambleSearch(measure);
  }

  get state(): SplitterState {
    return this.#state;
  }

  /** Takes the next bytes of the stream, which are not kept after the call. */
  push(bytes: Uint8Array): void {
    let offset = 0;
    if (this.#state === 'preamble') offset = this.#pushPreamble(bytes);
    if (this.#state !== 'messages') return;
    while (this.#heldBytes > 0) {
      if (this.#heldBytes + bytes.length - offset < this.#neededBytes) {
        this.#hold(bytes, offset, bytes.length);
        return;
      }
      const end = offset + this.#neededBytes - this.#heldBytes;
      this.#hold(bytes, offset, end);
      offset = end;
      this.#onHeld();
      if (this.#state !== 'messages') return;
    }
    this.#pushMessages(bytes, offset);
  }

  /** Returns how many of `bytes` it has dealt with. */
  #pushPreamble(bytes: Uint8Array): number {
    const heldBefore = this.#heldBytes;
    const taken = Math.min(bytes.length, PREAMBLE_SEARCH_BYTES - heldBefore);
    this.#hold(bytes, 0, taken);
    const result = this.#search.search(this.#held, this.#heldBytes);
    switch (result.kind) {
      case 'more':
        return taken;
      case 'garbage':
        this.#giveUp();
        return taken;
      case 'found': {
        this.#state = 'messages';
        this.#neededBytes = HEADER_BYTES;
        const { preambleBytes, messageBytes } = result;
        // What came with this call is read again from there: the message may stand in it as a whole.
        this.#heldBytes = Math.max(0, heldBefore - preambleBytes);
        if (this.#heldBytes === 0) return preambleBytes - heldBefore;
        this.#held.copyWithin(0, preambleBytes, heldBefore);
        this.#neededBytes = messageBytes;
        return 0;
      }
    }
  }

  /** As many bytes are held as are needed: a header whose message is now known, or a whole message. */
  #onHeld(): void {
    if (this.#neededBytes === HEADER_BYTES) {
      const messageBytes = messageLength(this.#measure, this.#held, 0);
      if (messageBytes === 0) {
        this.#giveUp();
        return;
      }
      this.#neededBytes = messageBytes;
      if (messageBytes > HEADER_BYTES) return;
    }
    const messageBytes = this.#neededBytes;
    this.#heldBytes = 0;
    this.#neededBytes = HEADER_BYTES;
    this.#deliver(this.#held.subarray(0, messageBytes));
  }

  /** Delivers what is whole in `bytes` from `start` and holds the rest. */
  #pushMessages(bytes: Uint8Array, start: number): void {
    let end = start;
    while (end + HEADER_BYTES <= bytes.length) {
      const messageBytes = messageLength(this.#measure, bytes, end);
      if (messageBytes === 0) {
        this.#giveUp();
        break;
      }
      if (end + messageBytes > bytes.length) {
        this.#neededBytes = messageBytes;
        break;
      }
      end += messageBytes;
    }
    if (this.#state === 'messages') this.#hold(bytes, end, bytes.length);
    if (end > start) this.#deliver(bytes.subarray(start, end));
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    this.#makeRoom(Math.max(this.#heldBytes + end - start, this.#neededBytes));
    this.#held.set(bytes.subarray(start, end), this.#heldBytes);
    this.#heldBytes += end - start;
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#held.length) return;
    // Doubling: messages that grow byte by byte must not make a new buffer for each.
    const room = Math.min(Math.max(bytes, 2 * this.#held.length, PREAMBLE_SEARCH_BYTES), MAX_MESSAGE_BYTES);
    const larger = new Uint8Array(room);
    larger.set(this.#held.subarray(0, this.#heldBytes));
    this.#held = larger;
  }

  #giveUp(): void {
    this.#state = 'garbage';
    this.#held = NOTHING;
    this.#heldBytes = 0;
  }
}
