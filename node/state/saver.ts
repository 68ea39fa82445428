/** Runs `save` soon after it was asked to, once for however many askings, and at once when told to. */
export class Saver {
  readonly #save: () => void;
  #timer: NodeJS.Timeout | null = null;
  #dueAtMs = Infinity;

  /** `save` must not throw. */
  constructor(save: () => void) {
    this.#save = save;
  }

  /** Asks for a save within so many ms; an earlier one that was asked for stays. */
  ask(withinMs: number): void {
    const dueAtMs = performance.now() + withinMs;
    if (this.#timer !== null && this.#dueAtMs <= dueAtMs) return;
    this.cancel();
    this.#dueAtMs = dueAtMs;
    this.#timer = setTimeout(() => this.now(), withinMs);
  }

  /** Saves now, whether or not it was asked for. */
  now(): void {
    this.cancel();
    this.#save();
  }

  /** Forgets what was asked for. Idempotent. */
  cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
