import { INITIAL_STREAM_COUNT } from './receive-credit.ts';
import type { Stream } from './stream.ts';

/** Which streams there are: open ones, ones the peer skipped and may still name, and how many each side may open. */
export class StreamSet {
  readonly #streams = new Map<number, Stream>();
  /** Ids of the peer below its highest, whose first frame has not arrived. */
  readonly #awaited = new Set<number>();
  readonly #ownParity: 0 | 1;
  #nextOwnId: number;
  #nextPeerId: number;
  #ownLimit = INITIAL_STREAM_COUNT;
  #peerLimit = INITIAL_STREAM_COUNT;
  #peerClosed = 0;
  #ownCount = 0;

  /** @param opensEvenIds true on the side with the lower node number. */
  constructor(opensEvenIds: boolean) {
    this.#ownParity = opensEvenIds ? 0 : 1;
    this.#nextOwnId = this.#ownParity;
    this.#nextPeerId = 1 - this.#ownParity;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Whether any of them was opened here. */
  get hasOwn(): boolean {
    return this.#ownCount > 0;
  }

  /** True where the peer's limit allows this own id. */
  mayUse(id: number): boolean {
    return id < this.#ownLimit * 2;
  }

  /** How many streams the peer may have opened in all. */
  get peerLimit(): number {
    return this.#peerLimit;
  }

  values(): IterableIterator<Stream> {
    return this.#streams.values();
  }

  isOwn(id: number): boolean {
    return id % 2 === this.#ownParity;
  }

  takeOwnId(): number {
    const id = this.#nextOwnId;
    this.#nextOwnId += 2;
    return id;
  }

  /** Takes a MAX_STREAMS. */
  raiseOwnLimit(count: number): void {
    this.#ownLimit = Math.max(this.#ownLimit, count);
  }

  get(id: number): Stream | undefined {
    return this.#streams.get(id);
  }

  add(stream: Stream): void {
    this.#streams.set(stream.id, stream);
    if (stream.openedHere) this.#ownCount++;
  }

  /** True where the peer may use this id for a new stream: it never did, and is within its limit. Notes that it has. */
  claimPeerId(id: number): boolean {
    if (this.isOwn(id) || id >= this.#peerLimit * 2) return false;
    if (this.#awaited.delete(id)) return true;
    if (id < this.#nextPeerId) return false;
    for (let skipped = this.#nextPeerId; skipped < id; skipped += 2) this.#awaited.add(skipped);
    this.#nextPeerId = id + 2;
    return true;
  }

  /** Forgets a stream. True where the peer should be told of a higher limit. */
  remove(stream: Stream): boolean {
    if (!this.#streams.delete(stream.id)) return false;
    if (stream.openedHere) {
      this.#ownCount--;
      return false;
    }
    this.#peerClosed++;
    const raise = this.#peerClosed + INITIAL_STREAM_COUNT - this.#peerLimit;
    const left = this.#peerLimit - (this.#nextPeerId >> 1);
    // Told rarely, but at once where the peer is about to run out.
    if (raise < INITIAL_STREAM_COUNT / 4 && left >= INITIAL_STREAM_COUNT / 4) return false;
    this.#peerLimit = this.#peerClosed + INITIAL_STREAM_COUNT;
    return true;
  }

  clear(): void {
    this.#streams.clear();
    this.#awaited.clear();
    this.#ownCount = 0;
  }
}
