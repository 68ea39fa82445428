import type { RandomSource } from '../random-source.ts';
import { KEY_BYTES } from './sodium.ts';
import type { Sodium } from './sodium.ts';

/** A new key is made this long after the last one, in ms. */
export const NEW_KEY_AFTER_MS = 60 * 60_000;

/** A key is erased this long after it was made, in ms. */
export const ERASE_KEY_AFTER_MS = 100 * 60_000;

/** One ephemeral X25519 key E of this process (PROTOCOL section 1, level 2). */
export interface EphemeralKey {
  /** 1 to 65,535. */
  readonly id: number;
  readonly publicKey: Uint8Array;
  /** Zeros once it is erased. */
  readonly secretKey: Uint8Array;
  readonly erased: boolean;
}

interface OwnKey {
  id: number;
  publicKey: Uint8Array;
  secretKey: Uint8Array;
  madeAtMs: number;
  erased: boolean;
}

/** The key id of an ephemeral public key: the first two bytes of its BLAKE2b-256, with 0 replaced by 1. */
export function keyIdOf(sodium: Sodium, publicKey: Uint8Array): number {
  const hash = new Uint8Array(32);
  sodium.hash(hash, publicKey, null);
  return (hash[0]! << 8) | hash[1]! || 1;
}

/**
 * The own ephemeral keys: one made at the start and each hour, each erased 100 minutes after it was made, so at most
 * two are alive. Call {@link EphemeralKeys.tick} at `wakeAtMs`, and first of all after a sleep.
 */
export class EphemeralKeys {
  readonly #sodium: Sodium;
  readonly #random: RandomSource;
  /** The newest last. */
  #live: OwnKey[] = [];
  #current: OwnKey;

  constructor(sodium: Sodium, random: RandomSource, nowMs: number) {
    this.#sodium = sodium;
    this.#random = random;
    this.#current = this.#make(nowMs);
  }

  /** The newest, to be announced. Which one a peer already knows is the caller's to remember. */
  get current(): EphemeralKey {
    return this.#current;
  }

  /** All that are not erased, the newest last. A copy. */
  get live(): readonly EphemeralKey[] {
    return [...this.#live];
  }

  /** The live key with this id, or null. */
  byId(id: number): EphemeralKey | null {
    for (const key of this.#live) if (key.id === id) return key;
    return null;
  }

  /** When a key has to be made or erased next. */
  get wakeAtMs(): number {
    const oldest = this.#live[0] ?? this.#current;
    return Math.min(this.#current.madeAtMs + NEW_KEY_AFTER_MS, oldest.madeAtMs + ERASE_KEY_AFTER_MS);
  }

  /**
   * Erases what is too old and makes a new key when it is time. True where anything changed: announce `current`, and
   * have every `PairKeys` drop what was derived from erased keys.
   *
   * `sleptMs` is how much longer than the clock behind `nowMs` says the time since the last call was: a monotonic clock may stand
   * still while the machine sleeps, and keys must not outlive a sleep.
   */
  tick(nowMs: number, sleptMs = 0): boolean {
    for (const key of this.#live) {
      key.madeAtMs -= sleptMs;
      if (nowMs - key.madeAtMs >= ERASE_KEY_AFTER_MS) this.#erase(key);
    }
    const before = this.#live.length;
    this.#live = this.#live.filter((key) => !key.erased);
    const isDue = nowMs - this.#current.madeAtMs >= NEW_KEY_AFTER_MS;
    if (isDue) this.#current = this.#make(nowMs);
    return isDue || this.#live.length !== before;
  }

  /** Erases all of them, because the process ends. */
  eraseAll(): void {
    for (const key of this.#live) this.#erase(key);
    this.#live = [];
  }

  /** An id names one live key only, so one that is taken is not used. */
  #make(nowMs: number): OwnKey {
    const secret = new Uint8Array(KEY_BYTES);
    for (;;) {
      this.#random.fill(secret);
      const { publicKey, secretKey } = this.#sodium.x25519KeyPair(secret);
      const id = keyIdOf(this.#sodium, publicKey);
      if (this.byId(id) === null) {
        this.#sodium.wipe(secret);
        const key: OwnKey = { id, publicKey, secretKey, madeAtMs: nowMs, erased: false };
        this.#live.push(key);
        return key;
      }
      this.#sodium.wipe(secretKey);
    }
  }

  #erase(key: OwnKey): void {
    this.#sodium.wipe(key.secretKey);
    key.erased = true;
  }
}
