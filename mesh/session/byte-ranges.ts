/** A set of half-open ranges [start, end) of stream offsets, kept sorted, disjoint and merged. */
export class ByteRanges {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  get count(): number {
    return this.#starts.length;
  }

  get isEmpty(): boolean {
    return this.#starts.length === 0;
  }

  /** The start of the lowest range. The set must not be empty. */
  get firstStart(): number {
    return this.#starts[0]!;
  }

  /** The end of the lowest range. The set must not be empty. */
  get firstEnd(): number {
    return this.#ends[0]!;
  }

  add(start: number, end: number): void {
    if (start >= end) return;
    const starts = this.#starts;
    const ends = this.#ends;
    const count = starts.length;
    if (count === 0 || start > ends[count - 1]!) {
      starts.push(start);
      ends.push(end);
      return;
    }
    const from = this.#firstEndingAtOrAfter(start);
    let to = from;
    while (to < count && starts[to]! <= end) to++;
    if (to === from) {
      starts.splice(from, 0, start);
      ends.splice(from, 0, end);
      return;
    }
    starts[from] = Math.min(starts[from]!, start);
    ends[from] = Math.max(ends[to - 1]!, end);
    if (to - from > 1) {
      starts.splice(from + 1, to - from - 1);
      ends.splice(from + 1, to - from - 1);
    }
  }

  remove(start: number, end: number): void {
    if (start >= end) return;
    const starts = this.#starts;
    const ends = this.#ends;
    let i = this.#firstEndingAtOrAfter(start);
    while (i < starts.length && starts[i]! < end) {
      const rangeStart = starts[i]!;
      const rangeEnd = ends[i]!;
      if (rangeEnd <= start) {
        i++;
      } else if (rangeStart < start && rangeEnd > end) {
        ends[i] = start;
        starts.splice(i + 1, 0, end);
        ends.splice(i + 1, 0, rangeEnd);
        return;
      } else if (rangeStart < start) {
        ends[i++] = start;
      } else if (rangeEnd > end) {
        starts[i] = end;
        return;
      } else {
        starts.splice(i, 1);
        ends.splice(i, 1);
      }
    }
  }

  /** Calls back with each part of [start, end) that is not in the set, in order. */
  forEachGap(start: number, end: number, callback: (start: number, end: number) => void): void {
    let at = start;
    for (let i = this.#firstEndingAtOrAfter(start); i < this.#starts.length && this.#starts[i]! < end; i++) {
      if (this.#starts[i]! > at) callback(at, this.#starts[i]!);
      at = Math.max(at, this.#ends[i]!);
    }
    if (at < end) callback(at, end);
  }

  clear(): void {
    this.#starts.length = 0;
    this.#ends.length = 0;
  }

  #firstEndingAtOrAfter(offset: number): number {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ends[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
