/** What was heard this many messages ago, or twice as many, no longer counts: path MTUs change. */
const WINDOW_MESSAGES = 256;

/**
 * Where the datagrams of one link begin when the kernel passes on many as one piece (UDP_GRO, PROTOCOL section 1). All of
 * them but the last are equally long, yet nothing says how long. Messages tell their own length; where somebody mixed
 * in what is no message, the length that is usual on the link does.
 */
export class SegmentGrid {
  #largestBytes = 0;
  #previousLargestBytes = 0;
  #messages = 0;

  /** A message of this length in bytes came that its peer sealed just now. Nobody else may move the grid. */
  heard(messageBytes: number): void {
    if (this.#messages === WINDOW_MESSAGES) {
      this.#messages = 0;
      this.#previousLargestBytes = this.#largestBytes;
      this.#largestBytes = 0;
    }
    this.#messages++;
    if (messageBytes > this.#largestBytes) this.#largestBytes = messageBytes;
  }

  /**
   * Where to look on in `totalBytes` bytes when no message begins at `offset`: at the next multiple of the usual length,
   * or that much before the end, which is where a full message begins behind a datagram that was longer. Always
   * beyond `offset`; `totalBytes` where there is nothing left to try.
   */
  next(offset: number, totalBytes: number): number {
    const usualBytes = Math.max(this.#largestBytes, this.#previousLargestBytes);
    if (usualBytes === 0) return totalBytes;
    const onGrid = (Math.floor(offset / usualBytes) + 1) * usualBytes;
    const last = totalBytes - usualBytes;
    return Math.min(onGrid, last > offset ? last : totalBytes, totalBytes);
  }
}
