/** Runs `save` soon after it was asked to, once for however many askings, and at once when told to. */
export class Saver {
  readonly #save: () => void;
  readonly #delayMs: number;
  #timer: NodeJS.Timeout | null = null;

  /** `save` must not throw. */
  constructor(save: () => void, delayMs: number) {
    this.#save = save;
    this.#delayMs = delayMs;
  }

  /** Asks for a save within `delayMs`. */
  ask(): void {
    this.#timer ??= setTimeout(() => this.now(), this.#delayMs);
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
