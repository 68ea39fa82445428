import type { ExitIdentity } from './exit-identity.ts';
import { IdlePins } from './idle-pins.ts';
import type { Pin, PinMove, PinReason } from './pin.ts';
import { familyOf } from './shown-address.ts';
import { MAX_ADDRESSES, MAX_MOVES, MAX_PINS, parseSavedPins, savePin, type SavedPins } from './saved-pins.ts';

/** How long a pin outlives its last use unless told otherwise, in ms. */
const IDLE_MS = 24 * 3_600_000;

/** How long an exit may be away before its sites may move, in ms: a restart or an update takes less. */
const SUSPENSION_MS = 30_000;

/** The same for one that said when it will be back. */
const MAX_SUSPENSION_MS = 600_000;

/** Exits whose state is remembered: more than a mesh has. */
const MAX_EXITS = 1_024;

/** Before this (2024) a wall clock has not been set yet: it says nothing about how long a pin has been unused. */
const CLOCK_IS_SET_MS = Date.UTC(2024, 0, 1);

/** Both clocks: the one that only goes forward, and the one that survives restarts, in ms. */
export interface PinTime {
  readonly nowMs: number;
  /** Since 1970. */
  readonly wallMs: number;
}

/** Where a site is, if anywhere. */
export type PinFound =
  | { readonly type: 'none' }
  /** Its exit is up. */
  | { readonly type: 'live'; readonly pin: Pin }
  /** Its exit is away and may come back until `untilMs` (of `nowMs`): look again then, or when the exit is up. */
  | { readonly type: 'suspended'; readonly pin: Pin; readonly untilMs: number }
  /** Its exit has been away for too long, or is no member any more: what now is for the rules to say. */
  | { readonly type: 'orphaned'; readonly pin: Pin };

/** What the address is to the site that an exit shows itself under. */
export type PinAddress =
  /** The site has no pin, or it is at another exit. */
  | { readonly type: 'none' }
  | { readonly type: 'known' }
  /** None of its family was known before. */
  | { readonly type: 'first' }
  /** The one before was `from`. */
  | { readonly type: 'changed'; readonly from: string };

/** A stream in use by a site. */
export interface PinUse {
  /** The stream is over. Idempotent. */
  close(wallMs: number): void;
}

/** What {@link Pins} are made of. */
export interface PinsOptions {
  /** How long a pin outlives its last use, in ms; 24 h unless told. */
  readonly idleMs?: number;
  /** Sites that have a pin at the same time; 10,000 unless told. */
  readonly maxPins?: number;
  /** What {@link Pins.saved} gave earlier, read from a file that anybody may have written. */
  readonly saved?: unknown;
}

type ExitState = { readonly type: 'up' | 'forgotten' } | { readonly type: 'down'; readonly untilMs: number };

type Entry = { -readonly [key in keyof Pin]: Pin[key] };

/**
 * Which site is at which exit. Nothing here moves a site: `pin` does when told to. It wants no ticks; what has
 * expired goes when somebody looks.
 */
export class Pins {
  readonly #idleMs: number;
  readonly #maxPins: number;
  readonly #idle: IdlePins<Entry>;
  /** Those with open streams: they never expire and are never dropped, and the streams bound them. */
  readonly #inUse = new Map<string, Entry>();
  readonly #exits = new Map<ExitIdentity, ExitState>();

  constructor(options: PinsOptions = {}) {
    this.#idleMs = options.idleMs ?? IDLE_MS;
    this.#maxPins = options.maxPins ?? MAX_PINS;
    this.#idle = new IdlePins(this.#maxPins);
    for (const pin of parseSavedPins(options.saved) ?? []) this.#idle.add({ ...pin });
    this.#makeRoom(0);
  }

  /** Pinned sites, those not looked at since they expired included. */
  get size(): number {
    return this.#idle.size + this.#inUse.size;
  }

  /** Where the site is. An exit that nobody has called up or down yet counts as down from now on. */
  find(site: string, time: PinTime): PinFound {
    const pin = this.#unexpired(site, time.wallMs);
    if (pin === null) return { type: 'none' };
    const state = this.#exits.get(pin.exit) ?? this.#setExit(pin.exit, downSince(time.nowMs, null));
    switch (state.type) {
      case 'up':
        return { type: 'live', pin: { ...pin } };
      case 'forgotten':
        return { type: 'orphaned', pin: { ...pin } };
      case 'down':
        return time.nowMs < state.untilMs
          ? { type: 'suspended', pin: { ...pin }, untilMs: state.untilMs }
          : { type: 'orphaned', pin: { ...pin } };
    }
  }

  /** Puts a site at an exit. Returns the move where it was at another one, to be told to the user; else null. */
  pin(site: string, exit: ExitIdentity, reason: PinReason, wallMs: number): PinMove | null {
    const old = this.#unexpired(site, wallMs);
    if (old?.exit === exit) {
      old.reason = reason;
      this.#touch(old, wallMs);
      return null;
    }
    const move = old === null ? null : { site, from: old.exit, to: exit, reason, atMs: wallMs };
    const moves = move === null ? [] : [...old!.moves, move].slice(-MAX_MOVES);
    // The old entry stays with the streams that are still open at the old exit: they don't hold the new one.
    this.#inUse.delete(site);
    this.#idle.delete(site);
    // Before the newcomer is in, which would be the one to go where all others are in use.
    this.#makeRoom(1);
    this.#idle.add({
      site,
      exit,
      reason,
      sinceMs: wallMs,
      lastUsedMs: wallMs,
      openStreams: 0,
      moves,
      addresses: [],
      addressChanges: [],
    });
    return move;
  }

  /** A stream of the site begins: its pin stays at least until that is over. Without a pin it does nothing. */
  use(site: string, wallMs: number): PinUse {
    const entry = this.#unexpired(site, wallMs);
    if (entry === null) return { close() {} };
    entry.openStreams++;
    this.#touch(entry, wallMs);
    let isOpen = true;
    return {
      close: (closedAtMs) => {
        if (!isOpen) return;
        isOpen = false;
        entry.openStreams--;
        // A pin that moved or was removed meanwhile is no longer this one.
        if (this.#inUse.get(site) === entry) this.#touch(entry, closedAtMs);
        this.#makeRoom(0);
      },
    };
  }

  /**
   * The exit shows the site this public address: it is remembered. An exit with several that take turns shows known ones
   * after a while.
   */
  showed(site: string, exit: ExitIdentity, address: string, wallMs: number): PinAddress {
    const entry = this.#unexpired(site, wallMs);
    if (entry?.exit !== exit) return { type: 'none' };
    const family = entry.addresses.filter((known) => familyOf(known) === familyOf(address));
    const [from] = family;
    if (from === address) return { type: 'known' };
    const others = family.filter((known) => known !== address).slice(0, MAX_ADDRESSES - 1);
    const otherFamily = entry.addresses.filter((known) => familyOf(known) !== familyOf(address));
    const ofFamily = [address, ...others];
    entry.addresses = familyOf(address) === 4 ? [...ofFamily, ...otherFamily] : [...otherFamily, ...ofFamily];
    if (from === undefined) return { type: 'first' };
    if (family.includes(address)) return { type: 'known' };
    entry.addressChanges = [...entry.addressChanges, { from, to: address, atMs: wallMs }].slice(-MAX_MOVES);
    return { type: 'changed', from };
  }

  /** Whether the exit may show the site this address without anything being new to it: nothing speaks against it. */
  mayShow(site: string, exit: ExitIdentity, address: string): boolean {
    const entry = this.#inUse.get(site) ?? this.#idle.get(site);
    const known = entry?.exit === exit ? entry.addresses.filter((each) => familyOf(each) === familyOf(address)) : [];
    return known.length === 0 || known.includes(address);
  }

  /** Forgets where the site was. False where it had no pin. Its open streams go on where they are. */
  unpin(site: string): boolean {
    const wasInUse = this.#inUse.delete(site);
    return this.#idle.delete(site) || wasInUse;
  }

  /**
   * The exit does not answer: its sites wait for it for 30 s, or for as long as it said (`backInMs`), 10 min at most. Said
   * again, it doesn't begin anew.
   */
  exitDown(exit: ExitIdentity, nowMs: number, backInMs: number | null = null): void {
    if (this.#exits.get(exit)?.type !== 'down') this.#setExit(exit, downSince(nowMs, backInMs));
  }

  /**
   * The exit answers (again). What moved away meanwhile stays away. Where no exit answered before it, it was the own network
   * that was out: the others have not been away, and get their time from now on.
   */
  exitUp(exit: ExitIdentity, nowMs: number): void {
    const wasCutOff = [...this.#exits.values()].every(({ type }) => type !== 'up');
    this.#setExit(exit, { type: 'up' });
    if (!wasCutOff) return;
    for (const [other, state] of this.#exits) {
      if (state.type !== 'down') continue;
      this.#exits.set(other, { type: 'down', untilMs: Math.max(state.untilMs, nowMs + SUSPENSION_MS) });
    }
  }

  /** Until when (of `nowMs`) the sites of an exit that is down wait for it; null where they don't. */
  awaitedUntilMs(exit: ExitIdentity, nowMs: number): number | null {
    const state = this.#exits.get(exit);
    return state?.type === 'down' && nowMs < state.untilMs ? state.untilMs : null;
  }

  /** The exit is revoked or said goodbye for good: nobody waits for it. */
  exitForgotten(exit: ExitIdentity): void {
    this.#setExit(exit, { type: 'forgotten' });
  }

  /** Every pin that has not expired, the longest unused first. */
  all(wallMs: number): Pin[] {
    const pins: Pin[] = [];
    for (const { site } of [...this.#idle.all(), ...this.#inUse.values()]) {
      const entry = this.#unexpired(site, wallMs);
      if (entry !== null) pins.push({ ...entry });
    }
    return pins;
  }

  /** What a file keeps of them. */
  saved(wallMs: number): SavedPins {
    return { version: 1, pins: this.all(wallMs).map(savePin) };
  }

  #unexpired(site: string, wallMs: number): Entry | null {
    const used = this.#inUse.get(site);
    if (used !== undefined) return used;
    const entry = this.#idle.get(site);
    if (entry === undefined) return null;
    // A pin from before the clock was set is as old as the clock's being right.
    if (entry.lastUsedMs < CLOCK_IS_SET_MS && wallMs >= CLOCK_IS_SET_MS) entry.lastUsedMs = wallMs;
    if (wallMs - entry.lastUsedMs <= this.#idleMs) return entry;
    this.#idle.delete(site);
    return null;
  }

  /** Notes a use. The time never goes back, whatever the clock does. */
  #touch(entry: Entry, wallMs: number): void {
    entry.lastUsedMs = Math.max(entry.lastUsedMs, wallMs);
    this.#idle.delete(entry.site);
    this.#inUse.delete(entry.site);
    if (entry.openStreams > 0) this.#inUse.set(entry.site, entry);
    else this.#idle.add(entry);
  }

  #makeRoom(newcomers: number): void {
    while (this.size + newcomers > this.#maxPins && this.#idle.size > 0) this.#idle.deleteOne();
  }

  #setExit(exit: ExitIdentity, state: ExitState): ExitState {
    this.#exits.delete(exit);
    this.#exits.set(exit, state);
    if (this.#exits.size > MAX_EXITS) this.#exits.delete(this.#exits.keys().next().value!);
    return state;
  }
}

function downSince(nowMs: number, backInMs: number | null): ExitState {
  const suspensionMs = Math.min(MAX_SUSPENSION_MS, Math.max(SUSPENSION_MS, backInMs ?? 0));
  return { type: 'down', untilMs: nowMs + suspensionMs };
}
