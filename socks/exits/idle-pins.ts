import { LRUCache } from 'lru-cache';
import type { Pin } from './pin.ts';

/** A site that is used again that long after it was first pinned is one of the user's own, in ms. */
const KNOWN_AFTER_MS = 3_600_000;

/** The part of all places that sites which are not known yet can count on. */
const NEW_SHARE = 0.25;

/**
 * Pins that no open stream holds. Where there is no room for all of them, those go first that were only used when they
 * were made, as long as they take more than a quarter: any web page can name ten thousand hosts, and must not push out the
 * sites that its reader is logged in at.
 */
export class IdlePins<Entry extends Pin> {
  readonly #maxPins: number;
  // In the order of use. No Maps: finding their oldest needs an iterator, which, kept, keeps all that was ever deleted.
  readonly #new: LRUCache<string, Entry>;
  readonly #known: LRUCache<string, Entry>;

  /** @param maxPins how many there may be with those in use */
  constructor(maxPins: number) {
    this.#maxPins = maxPins;
    this.#new = new LRUCache({ max: maxPins + 1 });
    this.#known = new LRUCache({ max: maxPins + 1 });
  }

  get size(): number {
    return this.#new.size + this.#known.size;
  }

  get(site: string): Entry | undefined {
    return this.#new.peek(site) ?? this.#known.peek(site);
  }

  /** Takes a pin in as the last used. */
  add(entry: Entry): void {
    this.delete(entry.site);
    (isKnown(entry) ? this.#known : this.#new).set(entry.site, entry);
  }

  /** False where it is not there. */
  delete(site: string): boolean {
    return this.#new.delete(site) || this.#known.delete(site);
  }

  /** All of them, the longest unused first. */
  all(): Entry[] {
    const lastFirst = [...this.#known.values(), ...this.#new.values()];
    return lastFirst.toReversed().sort((a, b) => a.lastUsedMs - b.lastUsedMs);
  }

  /** Deletes the one that is missed the least. */
  deleteOne(): void {
    const hasMany = this.#new.size > this.#maxPins * NEW_SHARE;
    (hasMany || this.#known.size === 0 ? this.#new : this.#known).pop();
  }
}

/** Set by the user, or pinned and used over some time, at whatever exits. */
function isKnown({ sinceMs, lastUsedMs, moves, reason }: Pin): boolean {
  return reason === 'user' || lastUsedMs - (moves[0]?.atMs ?? sinceMs) >= KNOWN_AFTER_MS;
}
