/** How long a quiet session is left alone before it is probed, in ms: longer each time that it held. */
const INTERVALS_MS = [800, 1_600, 3_200, 6_400, 12_800, 25_000, 55_000, 110_000] as const;
/** Where a session without streams starts: it is probed for the sake of NATs on the way only. */
const FIRST_WITHOUT_STREAMS = 5;

/**
 * When a quiet session should be probed. While streams are open a first probe follows soon after the last byte, because a
 * receiver has nothing outstanding by which it would notice that its peer is gone; then ever more rarely.
 */
export class KeepAlive {
  #step = FIRST_WITHOUT_STREAMS;
  #atMs = Number.POSITIVE_INFINITY;

  get wakeAtMs(): number {
    return this.#atMs;
  }

  /** The peer sent something of its own accord. */
  used(hasStreams: boolean, nowMs: number): void {
    this.#step = hasStreams ? 0 : FIRST_WITHOUT_STREAMS;
    this.heard(nowMs);
  }

  /** The peer answered: the next probe is a whole interval away. */
  heard(nowMs: number): void {
    this.#atMs = nowMs + INTERVALS_MS[this.#step]!;
  }

  /** A probe goes out now. */
  probed(nowMs: number): void {
    this.#step = Math.min(this.#step + 1, INTERVALS_MS.length - 1);
    this.heard(nowMs);
  }

  /** The session is gone; what held before may not hold on the next network. */
  stop(): void {
    this.#step = FIRST_WITHOUT_STREAMS;
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
