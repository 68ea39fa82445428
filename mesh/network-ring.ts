import type { KeyChange } from './gossip/key-change.ts';
import { KeyRing } from './wire/key-ring.ts';
import { NetworkKeys } from './wire/network-keys.ts';
import type { Sodium } from './wire/sodium.ts';

/** The network keys in force: the one of the configuration, or after a change the new one and, for its grace period, the old. */
export class NetworkRing {
  readonly ring: KeyRing;
  readonly #sodium: Sodium;
  #olderEndsS = Number.POSITIVE_INFINITY;

  /**
   * @param networkKey the configuration's, which counts until the first change only.
   * @param older the one before the newest change, as {@link older} gave it before a restart, or null.
   */
  constructor(
    sodium: Sodium,
    networkKey: Uint8Array,
    change: KeyChange | null,
    wallS: number,
    older: Uint8Array | null = null,
  ) {
    this.#sodium = sodium;
    this.ring = new KeyRing(new NetworkKeys(sodium, older ?? networkKey));
    if (change !== null) this.apply(change);
    this.expire(wallS);
  }

  /** The one before the newest while it is accepted, or null: it must survive a restart. */
  get older(): Uint8Array | null {
    return this.ring.older?.key ?? null;
  }

  /** When {@link expire} is due, in seconds since 1970; Infinity while only one key is accepted. */
  get expiresAtS(): number {
    return this.ring.older === null ? Number.POSITIVE_INFINITY : this.#olderEndsS;
  }

  /** The keys to seal with, given whether the receiver is known to have the newest. */
  pick(knowsNewest: boolean): NetworkKeys {
    return knowsNewest ? this.ring.newest : (this.ring.older ?? this.ring.newest);
  }

  /** Takes a verified change. Returns keys that are not accepted any more, or null. */
  apply(change: KeyChange): NetworkKeys | null {
    if (this.#sodium.equal(change.networkKey, this.ring.newest.key)) return null;
    this.#olderEndsS = change.oldKeyEndsAtS;
    return this.ring.add(new NetworkKeys(this.#sodium, change.networkKey));
  }

  /** Ends the grace period where it is over. Returns keys that are not accepted any more, or null. */
  expire(wallS: number): NetworkKeys | null {
    if (this.ring.older === null || wallS < this.#olderEndsS) return null;
    return this.ring.dropOlder();
  }
}
