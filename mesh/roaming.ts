import type { NodeId } from '../config/node-id.ts';

/** So often the process is asked for the machine's addresses, in ms, while answers are awaited or data flows. */
const LOOK_INTERVAL_MS = 250;
/** While it has none, in ms: a tenth of the time that it had none already, but no more than this. */
const MAX_LOOK_INTERVAL_MS = 1_500;
/** And so often it is considered whether that is so: nodes have many peers, and thousands of ticks a second. */
const REVIEW_MS = 50;
/** Pauses of dials are ended no more often than this, in ms: a peer that comes and goes must not keep others busy. */
const HURRY_INTERVAL_MS = 5_000;

/** What is told of changes: the node's `PeerDirectory`. */
export interface RoamingPeers {
  awaitsAnything(nowMs: number): boolean;
  isInUse(nowMs: number): boolean;
  networkChanged(isGone: boolean, nowMs: number): void;
  networkGone(nowMs: number): void;
  isOnlyOneUp(id: NodeId): boolean;
  hurry(nowMs: number): void;
}

/**
 * Notices that the machine's network is another one than before, or is back, and has peers look for new ways at once. It
 * asks for the addresses while data flows, and otherwise only in ticks that come anyway.
 */
export class Roaming {
  readonly #directory: RoamingPeers;
  readonly #lookAround: () => void;
  readonly #moved: () => void;
  #addresses: ReadonlySet<string> | null = null;
  /** Since when the machine has no address; Infinity while it has one. */
  #goneSinceMs = Number.POSITIVE_INFINITY;
  #reviewAtMs = Number.NEGATIVE_INFINITY;
  #lookAtMs = Number.NEGATIVE_INFINITY;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #hurryAtMs = Number.NEGATIVE_INFINITY;

  /**
   * @param lookAround asks the process for the machine's addresses: {@link setAddresses} follows.
   * @param moved called when the machine has other addresses than before.
   */
  constructor(directory: RoamingPeers, lookAround: () => void, moved: () => void) {
    this.#directory = directory;
    this.#lookAround = lookAround;
    this.#moved = moved;
  }

  /** When {@link tick} should come at the latest: a receiver to whom nothing comes any more has little else to do. */
  get wakeAtMs(): number {
    return this.#wakeAtMs;
  }

  /** To be called in every tick. */
  tick(nowMs: number): void {
    if (nowMs < this.#reviewAtMs) return;
    this.#reviewAtMs = nowMs + REVIEW_MS;
    const isInUse = this.#directory.isInUse(nowMs);
    const isAwaiting = isInUse || this.#directory.awaitsAnything(nowMs);
    if (nowMs >= this.#lookAtMs && isAwaiting) this.look(nowMs);
    const isUrgent = isInUse || (isAwaiting && this.#goneSinceMs <= nowMs);
    this.#wakeAtMs = isUrgent ? Math.max(this.#lookAtMs, this.#reviewAtMs) : Number.POSITIVE_INFINITY;
  }

  /** Asks for the addresses now. */
  look(nowMs: number): void {
    const goneMs = Math.max(0, nowMs - this.#goneSinceMs);
    this.#lookAtMs = nowMs + Math.min(Math.max(LOOK_INTERVAL_MS, goneMs / 10), MAX_LOOK_INTERVAL_MS);
    this.#lookAround();
  }

  /** The machine has these addresses. Where some are gone, links from them are; where there are new ones, the network may be back. */
  setAddresses(addresses: readonly string[], nowMs: number): void {
    // There is nothing to dial from, and nobody to blame; which there were matters once there is one again.
    if (addresses.length === 0) {
      // One that never had any has its peers on itself.
      if (this.#addresses === null) return;
      this.#goneSinceMs = Math.min(this.#goneSinceMs, nowMs);
      return this.#directory.networkGone(nowMs);
    }
    this.#goneSinceMs = Number.POSITIVE_INFINITY;
    const before = this.#addresses;
    const now = new Set(addresses);
    this.#addresses = now;
    if (before === null) return;
    const isGone = [...before].some((address) => !now.has(address));
    const isNew = addresses.some((address) => !before.has(address));
    if (!isNew && !isGone) return;
    this.#moved();
    this.#directory.networkChanged(isGone, nowMs);
  }

  /** Something about a peer has changed. Where it answers and nobody else does the network was away, and is back. */
  peerChanged(id: NodeId, nowMs: number): void {
    if (nowMs < this.#hurryAtMs || !this.#directory.isOnlyOneUp(id)) return;
    this.#hurryAtMs = nowMs + HURRY_INTERVAL_MS;
    this.#directory.hurry(nowMs);
  }
}
