/** How long a quiet session is left alone before it is probed, in ms: longer each time that it held. */
const INTERVALS_MS = [800, 1_600, 3_200, 6_400, 12_800, 25_000, 55_000, 110_000] as const;
const LONGEST_MS = 110_000;
/** Where a session without streams starts: it is probed for the sake of NATs on the way only. */
const FIRST_WITHOUT_STREAMS = 5;
/** How often one that rests is probed, in ms: often enough for both ends to keep it. */
const REST_MS = 110 * 60_000;
/** By how much longer the second of two sides waits, in ms, where they probe this rarely. */
const SHARED_MS = 25_000;
const SECOND_MS = 5_000;
/** How long the session of a silent peer is parked, in ms. */
const PARK_MS = 2 * 3_600_000;

/**
 * When a quiet session should be probed. While streams are open a first probe follows soon after the last byte, because a
 * receiver has nothing outstanding by which it would notice that its peer is gone; then ever more rarely.
 */
export class KeepAlive {
  /** Whether this side wants the session, and probes. */
  isWanted = false;
  /** Whether the other side, which probes too, goes first: both would do so at the same time, every time. */
  isSecond = false;
  /** The longest that the peer should be without a word of this side, in ms. */
  longestMs = Number.POSITIVE_INFINITY;
  #isWarm = true;
  #step = FIRST_WITHOUT_STREAMS;
  #atMs = Number.POSITIVE_INFINITY;
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #usedAtMs = Number.NEGATIVE_INFINITY;
  /** The longest that NATs at both ends are trusted to remember each other, in ms. */
  #rememberedMs = Number.POSITIVE_INFINITY;

  /** Whether what is on the way should be kept open; false where the session rests until it is used. */
  get isWarm(): boolean {
    return this.#isWarm;
  }

  set isWarm(isWarm: boolean) {
    if (isWarm === this.#isWarm) return;
    this.#isWarm = isWarm;
    if (isWarm && this.#atMs < Number.POSITIVE_INFINITY)
      this.#atMs = Math.min(this.#atMs, this.#heardAtMs + LONGEST_MS);
  }

  /** When the peer last sent something of its own accord. */
  get usedAtMs(): number {
    return this.#usedAtMs;
  }

  /** When to probe. */
  get wakeAtMs(): number {
    return this.isWanted ? this.#atMs : Number.POSITIVE_INFINITY;
  }

  /** When something was heard last. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  /** Until when a session in which nothing more is heard should be kept. */
  get parkedUntilMs(): number {
    return this.#heardAtMs + PARK_MS;
  }

  /** There is another link. `isPunched`: what the peer sends gets in only because this side sends, and the other way round. */
  linkChanged(isPunched: boolean): void {
    this.#rememberedMs = isPunched ? INTERVALS_MS[FIRST_WITHOUT_STREAMS] : Number.POSITIVE_INFINITY;
  }

  /** The peer sent something of its own accord. */
  used(hasStreams: boolean, nowMs: number): void {
    this.#usedAtMs = nowMs;
    this.#step = hasStreams ? 0 : FIRST_WITHOUT_STREAMS;
    this.heard(nowMs);
  }

  /** The peer answered: the next probe is a whole interval away. */
  heard(nowMs: number): void {
    this.#heardAtMs = nowMs;
    this.#wait(nowMs);
  }

  /** The peer showed that it is there, which answers nothing and puts no probe off. */
  overheard(nowMs: number): void {
    this.#heardAtMs = nowMs;
  }

  /** A probe goes out now. */
  probed(nowMs: number): void {
    this.#step = Math.min(this.#step + 1, INTERVALS_MS.length - 1);
    this.#wait(nowMs);
  }

  /** The session is gone; what held before may not hold on the next network. */
  stop(): void {
    this.#step = FIRST_WITHOUT_STREAMS;
    this.#atMs = Number.POSITIVE_INFINITY;
  }

  #wait(nowMs: number): void {
    const intervalMs = INTERVALS_MS[this.#step]!;
    const isResting = !this.#isWarm && intervalMs === LONGEST_MS;
    const keptMs = isResting ? REST_MS : Math.min(this.#rememberedMs, intervalMs);
    const waitMs = Math.min(this.longestMs, keptMs);
    this.#atMs = nowMs + waitMs + (this.isSecond && waitMs >= SHARED_MS ? SECOND_MS : 0);
  }
}
