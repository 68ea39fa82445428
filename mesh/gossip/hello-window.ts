import { LRUCache } from 'lru-cache';
import { KEY_BYTES } from '../wire/sodium.ts';
import { bytesToText, savedList, savedMember, textToBytes } from './saved-bytes.ts';

/** What names one HELLO of an identity. */
export interface HelloNumber {
  readonly incarnation: number;
  readonly counter: number;
}

/** A {@link HelloWindow} as it is kept on disk: plain data for JSON. */
export interface SavedHelloWindow {
  readonly identities: readonly {
    readonly identity: string;
    readonly incarnation: number;
    readonly counter: number;
    /** Which of `counter` - 63 to `counter` were seen: the higher and the lower 32 bits of the window. */
    readonly seenHigh: number;
    readonly seenLow: number;
  }[];
}

interface Window {
  readonly incarnation: number;
  readonly counter: number;
  /** Bit n is set where `counter` - n was seen; bit 0 always is. */
  readonly seen: bigint;
}

const WINDOW_COUNTERS = 64;
/** As many identities as can be members at once; the one not heard for longest is forgotten first. */
const MAX_IDENTITIES = 254;

/**
 * Which HELLOs were accepted, so that a recorded one gets silence, after a restart too (PROTOCOL section 2).
 * Ask {@link HelloWindow.isFresh} before verifying a signature and call {@link HelloWindow.accept} after it
 * verified and the membership accepted the credential. No clock is involved.
 */
export class HelloWindow {
  readonly #windows = new LRUCache<string, Window>({ max: MAX_IDENTITIES });

  /** False for what was seen, is of an older incarnation, or is too far behind to tell. Changes nothing. */
  isFresh(identity: Uint8Array, hello: HelloNumber): boolean {
    const window = this.#windows.peek(bytesToText(identity));
    if (window === undefined || hello.incarnation > window.incarnation) return true;
    if (hello.incarnation < window.incarnation) return false;
    const behind = window.counter - hello.counter;
    if (behind < 0) return true;
    return behind < WINDOW_COUNTERS && (window.seen & (1n << BigInt(behind))) === 0n;
  }

  /** Remembers an accepted HELLO, and moves the window where it is the newest. One that is not fresh changes nothing. */
  accept(identity: Uint8Array, hello: HelloNumber): void {
    if (!this.isFresh(identity, hello)) return;
    const key = bytesToText(identity);
    const window = this.#windows.get(key);
    const { incarnation, counter } = hello;
    if (window === undefined || incarnation > window.incarnation) {
      this.#windows.set(key, { incarnation, counter, seen: 1n });
    } else if (counter > window.counter) {
      const ahead = counter - window.counter;
      const kept = ahead < WINDOW_COUNTERS ? BigInt.asUintN(WINDOW_COUNTERS, window.seen << BigInt(ahead)) : 0n;
      this.#windows.set(key, { incarnation, counter, seen: kept | 1n });
    } else {
      this.#windows.set(key, { ...window, seen: window.seen | (1n << BigInt(window.counter - counter)) });
    }
  }

  /** The highest incarnation that an accepted HELLO of this identity named, or null where there was none. */
  incarnationOf(identity: Uint8Array): number | null {
    return this.#windows.peek(bytesToText(identity))?.incarnation ?? null;
  }

  /** Everything as plain data for a state file, the identity heard last at the end. */
  save(): SavedHelloWindow {
    const identities: SavedHelloWindow['identities'][number][] = [];
    this.#windows.rforEach(({ incarnation, counter, seen }, identity) => {
      identities.push({
        identity,
        incarnation,
        counter,
        seenHigh: Number(seen >> 32n),
        seenLow: Number(seen & 0xffff_ffffn),
      });
    });
    return { identities };
  }

  /** Takes back what {@link save} gave. Entries that are not exactly that, or are known already, are dropped one by one. */
  restore(saved: unknown): void {
    for (const entry of savedList(saved, 'identities', MAX_IDENTITIES)) {
      const identity = textToBytes(savedMember(entry, 'identity'));
      const incarnation = savedU32(entry, 'incarnation');
      const counter = savedU32(entry, 'counter');
      const high = savedU32(entry, 'seenHigh');
      const low = savedU32(entry, 'seenLow');
      if (identity?.length !== KEY_BYTES || incarnation === null || counter === null) continue;
      if (high === null || low === null || counter === 0 || (low & 1) === 0) continue;
      const key = bytesToText(identity);
      if (this.#windows.has(key)) continue;
      this.#windows.set(key, { incarnation, counter, seen: (BigInt(high) << 32n) | BigInt(low) });
    }
  }
}

function savedU32(entry: unknown, name: string): number | null {
  const value = savedMember(entry, name);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff ? value : null;
}
