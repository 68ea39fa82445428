import { LRUCache } from 'lru-cache';
import { KEY_BYTES } from '../wire/sodium.ts';
import { bytesToText, savedList, savedMember, textToBytes } from './saved-bytes.ts';

/** What names one HELLO of an identity. */
export interface HelloNumber {
  readonly incarnation: number;
  readonly counter: number;
}

/** Which HELLOs of one incarnation were accepted, as plain data for JSON. */
interface SavedWindow {
  readonly incarnation: number;
  readonly counter: number;
  /** Which of `counter` - 63 to `counter` were seen: the higher and the lower 32 bits of the window. */
  readonly seenHigh: number;
  readonly seenLow: number;
}

/** A {@link HelloWindow} as it is kept on disk: plain data for JSON. */
export interface SavedHelloWindow {
  readonly identities: readonly (SavedWindow & {
    readonly identity: string;
    /** Those of incarnations before, where there were any. */
    readonly former?: readonly SavedWindow[];
  })[];
}

interface Window {
  readonly incarnation: number;
  readonly counter: number;
  /** Bit n is set where `counter` - n was seen; bit 0 always is. */
  readonly seen: bigint;
}

interface Windows {
  readonly newest: Window;
  /** Of incarnations before, the one heard last first. */
  readonly former: readonly Window[];
}

const WINDOW_COUNTERS = 64;
/** As many identities as can be members at once; the one not heard for longest is forgotten first. */
const MAX_IDENTITIES = 254;
/** A process that still runs is heard again and again, so that others' restarts don't have it forgotten. */
const MAX_FORMER = 3;

/**
 * Which HELLOs were accepted, so that a recorded one gets silence, after a restart too (PROTOCOL section 2).
 * Ask {@link HelloWindow.isFresh} before verifying a signature and call {@link HelloWindow.accept} after it
 * verified and the membership accepted the credential. No clock is involved.
 */
export class HelloWindow {
  readonly #windows = new LRUCache<string, Windows>({ max: MAX_IDENTITIES });

  /** False for what was seen, is of an older incarnation, or is too far behind to tell. Changes nothing. */
  isFresh(identity: Uint8Array, hello: HelloNumber): boolean {
    const newest = this.#windows.peek(bytesToText(identity))?.newest;
    if (newest === undefined || hello.incarnation > newest.incarnation) return true;
    return hello.incarnation === newest.incarnation && isUnseen(newest, hello.counter);
  }

  /** True for what was not seen of an incarnation that was heard before the newest: its process still runs. Changes nothing. */
  isFormer(identity: Uint8Array, hello: HelloNumber): boolean {
    const former = this.#windows.peek(bytesToText(identity))?.former ?? [];
    return former.some(({ incarnation, counter, seen }) => {
      return incarnation === hello.incarnation && isUnseen({ counter, seen }, hello.counter);
    });
  }

  /** Remembers a HELLO, and moves the window where it is the newest. One that is neither fresh nor a former process's changes nothing. */
  accept(identity: Uint8Array, hello: HelloNumber): void {
    const isFormer = this.isFormer(identity, hello);
    if (!isFormer && !this.isFresh(identity, hello)) return;
    const key = bytesToText(identity);
    const before = this.#windows.get(key);
    const { incarnation, counter } = hello;
    const all = before === undefined ? [] : [before.newest, ...before.former];
    const known = all.find((window) => window.incarnation === incarnation);
    const moved = known === undefined ? { incarnation, counter, seen: 1n } : withCounter(known, counter);
    const others = all.filter((window) => window !== known);
    if (isFormer) this.#windows.set(key, { newest: others[0]!, former: [moved, ...others.slice(1)] });
    else this.#windows.set(key, { newest: moved, former: others.slice(0, MAX_FORMER) });
  }

  /** The highest incarnation that an accepted HELLO of this identity named, or null where there was none. */
  incarnationOf(identity: Uint8Array): number | null {
    return this.#windows.peek(bytesToText(identity))?.newest.incarnation ?? null;
  }

  /** Everything as plain data for a state file, the identity heard last at the end. */
  save(): SavedHelloWindow {
    const identities: SavedHelloWindow['identities'][number][] = [];
    this.#windows.rforEach(({ newest, former }, identity) => {
      const before = former.length === 0 ? {} : { former: former.map(saveWindow) };
      identities.push({ identity, ...saveWindow(newest), ...before });
    });
    return { identities };
  }

  /** Takes back what {@link save} gave. Entries that are not exactly that, or are known already, are dropped one by one. */
  restore(saved: unknown): void {
    for (const entry of savedList(saved, 'identities', MAX_IDENTITIES)) {
      const identity = textToBytes(savedMember(entry, 'identity'));
      const newest = restoredWindow(entry);
      if (identity?.length !== KEY_BYTES || newest === null) continue;
      const key = bytesToText(identity);
      if (this.#windows.has(key)) continue;
      const former = savedList(entry, 'former', MAX_FORMER).map(restoredWindow);
      const isOlder = (window: Window | null): window is Window =>
        window !== null && window.incarnation < newest.incarnation;
      this.#windows.set(key, { newest, former: former.filter(isOlder) });
    }
  }
}

function isUnseen(window: Pick<Window, 'counter' | 'seen'>, counter: number): boolean {
  const behind = window.counter - counter;
  if (behind < 0) return true;
  return behind < WINDOW_COUNTERS && (window.seen & (1n << BigInt(behind))) === 0n;
}

/** The window with one more counter, moved where that is the highest. */
function withCounter({ incarnation, counter: highest, seen }: Window, counter: number): Window {
  const ahead = counter - highest;
  if (ahead <= 0) return { incarnation, counter: highest, seen: seen | (1n << BigInt(-ahead)) };
  const kept = ahead < WINDOW_COUNTERS ? BigInt.asUintN(WINDOW_COUNTERS, seen << BigInt(ahead)) : 0n;
  return { incarnation, counter, seen: kept | 1n };
}

function saveWindow({ incarnation, counter, seen }: Window): SavedWindow {
  return { incarnation, counter, seenHigh: Number(seen >> 32n), seenLow: Number(seen & 0xffff_ffffn) };
}

function restoredWindow(entry: unknown): Window | null {
  const incarnation = savedU32(entry, 'incarnation');
  const counter = savedU32(entry, 'counter');
  const high = savedU32(entry, 'seenHigh');
  const low = savedU32(entry, 'seenLow');
  if (incarnation === null || counter === null || high === null || low === null) return null;
  if (counter === 0 || (low & 1) === 0) return null;
  return { incarnation, counter, seen: (BigInt(high) << 32n) | BigInt(low) };
}

function savedU32(entry: unknown, name: string): number | null {
  const value = savedMember(entry, name);
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff ? value : null;
}
