const MAX_NUMBER = 0xffff_ffff;

/**
 * The numbers of the sessions with one peer, which only grow (PROTOCOL sections 2 and 4): the settled one, the highest
 * ever, and what to propose while none is settled.
 */
export class SessionNumbers {
  #highest: number;
  #settled = 0;
  #proposal = 0;

  /** @param highest the highest number that was kept on disk, or 0. */
  constructor(highest: number) {
    this.#highest = highest;
  }

  /** What must be kept on disk. */
  get highest(): number {
    return this.#highest;
  }

  /** The number in use, or 0. */
  get settled(): number {
    return this.#settled;
  }

  /** What a HELLO names: the number in use, or a proposal, at least the seconds since 1970. */
  named(wallS: number): number {
    if (this.#settled !== 0) return this.#settled;
    this.#proposal = Math.max(this.#proposal, this.#highest + 1, Math.floor(wallS));
    // Past the last number there are no more sessions with this peer: it must have used them up on purpose.
    return Math.min(this.#proposal, MAX_NUMBER);
  }

  /** True where a session may begin under this number. */
  mayBegin(number: number): boolean {
    return number > this.#highest;
  }

  /** Takes the number of the peer's HELLO. True where the session in use has to give way to it. */
  hear(number: number): boolean {
    if (this.#settled !== 0) return number > this.#settled;
    if (number > this.#highest) this.#proposal = Math.max(this.#proposal, number);
    return false;
  }

  /** Whether a message with this number belongs to the session in use, to a newer one, or to none. */
  judge(number: number): 'current' | 'newer' | 'older' {
    if (number === this.#settled) return 'current';
    return number > this.#highest ? 'newer' : 'older';
  }

  /** A session has this number from now on. */
  settle(number: number): void {
    this.#settled = number;
    this.#highest = Math.max(this.#highest, number);
    this.#proposal = 0;
  }

  /** The session ended: its number is never used again. */
  end(): void {
    this.#settled = 0;
  }
}
