import type { NetworkKeys } from './network-keys.ts';

/** The network keys that are accepted: one, or two while the network key changes. */
export class KeyRing {
  #newest: NetworkKeys;
  #older: NetworkKeys | null = null;

  constructor(keys: NetworkKeys) {
    this.#newest = keys;
  }

  get newest(): NetworkKeys {
    return this.#newest;
  }

  /** The one before, still accepted; null when no change is under way. */
  get older(): NetworkKeys | null {
    return this.#older;
  }

  /** Puts newer keys first. Returns the ones that fell out, for the caller to wipe, or null. */
  add(keys: NetworkKeys): NetworkKeys | null {
    const dropped = this.#older;
    this.#older = this.#newest;
    this.#newest = keys;
    return dropped;
  }

  /** Ends a change: only the newest is accepted. Returns the ones that fell out, for the caller to wipe, or null. */
  dropOlder(): NetworkKeys | null {
    const dropped = this.#older;
    this.#older = null;
    return dropped;
  }
}
