/** Bytes are counted by the last dozen of so many ms, and the one that lasts. */
const SLICE_MS = 5_000;
const SLICES = 13;

/** How much was sent on a link, in all and lately. */
export class SentBytes {
  /** Made once something is settled: most links of strangers never get there. */
  #slices: Float64Array | null = null;
  #newest = 0;
  #totalBytes = 0;
  #settledBytes = 0;

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Cheap, and without a clock; {@link settle} says when it was. */
  add(bytes: number): void {
    this.#totalBytes += bytes;
  }

  /** What was added since the last call was sent about now: to be called often while something is. */
  settle(nowMs: number): void {
    this.#advance(nowMs);
    this.#slices![this.#newest % SLICES]! += this.#totalBytes - this.#settledBytes;
    this.#settledBytes = this.#totalBytes;
  }

  /** Sent in the last minute, within 5 s, as far as it is settled. */
  lastMinuteBytes(nowMs: number): number {
    this.#advance(nowMs);
    return this.#slices!.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Adds what another has counted, with when that was. */
  absorb(other: SentBytes): void {
    this.#totalBytes += other.#totalBytes;
    this.#settledBytes += other.#settledBytes;
    if (other.#slices === null) return;
    const slices = this.#advanceTo(other.#newest);
    for (let slice = Math.max(other.#newest, this.#newest) - SLICES + 1; slice <= other.#newest; slice++) {
      if (slice >= 0) slices[slice % SLICES]! += other.#slices[slice % SLICES]!;
    }
  }

  #advance(nowMs: number): void {
    this.#advanceTo(Math.floor(nowMs / SLICE_MS));
  }

  #advanceTo(newest: number): Float64Array {
    this.#slices ??= new Float64Array(SLICES);
    for (let slice = Math.max(this.#newest + 1, newest - SLICES + 1); slice <= newest; slice++) {
      this.#slices[slice % SLICES] = 0;
    }
    this.#newest = Math.max(this.#newest, newest);
    return this.#slices;
  }
}
