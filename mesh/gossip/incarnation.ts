/**
 * The number of this node's process among all that ran with its identity: one more than the last, and at least the
 * seconds since 1970, so that it grows even where the state was lost (PROTOCOL section 2).
 */
export class Incarnation {
  #current: number;

  /** @param last that of the process before, as it was saved, or 0. */
  constructor(last: number, wallS: number) {
    this.#current = after(last, wallS);
  }

  get current(): number {
    return this.#current;
  }

  /** Takes the next one, as a new process would. `known`: the highest that others use, as far as is known, or 0. */
  beginAnew(known: number, wallS: number): void {
    this.#current = after(Math.max(known, this.#current), wallS);
  }
}

function after(last: number, wallS: number): number {
  return Math.max(last + 1, Math.floor(wallS));
}
