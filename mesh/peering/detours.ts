import type { NodeId } from '../../config/node-id.ts';
import type { RouteSource } from '../routing/route-source.ts';
import type { PeerLink } from './peer-link.ts';
import type { Relays } from './routed-link.ts';

/** As many ways over relays are tried at once, or kept ready beside the path in use. */
const MAX_READY = 2;
/** And as many where that one does not answer: all that are known. */
const MAX_IN_NEED = 4;
/** How often it is looked which ways are the best, in ms, while data flows. */
const REVIEW_MS = 5_000;
/** And while there are fewer than could be kept ready: relays become known one after the other. */
const INCOMPLETE_REVIEW_MS = 500;
/** A way that answers nothing for this long while data flows is given up, in ms. */
export const PATIENCE_MS = 10_000;
/** And left alone for this long, in ms. */
const GIVEN_UP_MS = 30_000;

/** What the ways over relays to one peer are chosen by, and opened with. */
export interface DetourActions {
  readonly routes: RouteSource['routes'];
  /** A way that this side chooses, or null where the first relay is away or the way is in use already. */
  open(relays: Relays, nowMs: number): PeerLink | null;
  hangUp(peerLink: PeerLink): void;
}

/** The ways over relays to one peer that this side has chosen. */
export class Detours {
  readonly #peer: NodeId;
  readonly #actions: DetourActions;
  /** When ways were given up, by {@link nameOf}. */
  readonly #givenUp = new Map<string, number>();
  /** Since when each of those that are open is expected to answer, in ms. */
  readonly #askedFromMs = new WeakMap<PeerLink, number>();
  #open: PeerLink[] = [];
  #reviewAtMs = Number.NEGATIVE_INFINITY;

  constructor(peer: NodeId, actions: DetourActions) {
    this.#peer = peer;
    this.#actions = actions;
  }

  /** Whether any way over relays is known. */
  isKnown(nowMs: number): boolean {
    return this.#best(nowMs).length > 0;
  }

  /** True where {@link review} has something to do. */
  isDue(nowMs: number): boolean {
    return nowMs >= this.#reviewAtMs;
  }

  /** Opens the best ways that are not open yet, and returns those. `isNeeded`: the path in use does not answer. */
  open(isNeeded: boolean, nowMs: number): PeerLink[] {
    this.#open = this.#open.filter(({ pathId }) => pathId !== null);
    const opened: PeerLink[] = [];
    for (const relays of this.#best(nowMs).slice(0, isNeeded ? MAX_IN_NEED : MAX_READY)) {
      const peerLink = this.#open.some((open) => isBy(open, relays)) ? null : this.#actions.open(relays, nowMs);
      if (peerLink === null) continue;
      this.#askedFromMs.set(peerLink, nowMs);
      opened.push(peerLink);
    }
    this.#open.push(...opened);
    return opened;
  }

  /**
   * Sees to it that the best ways are open while data flows. Returns those that were opened now. `answers`: whether a way
   * has answered lately; `inUse`: the link in use, which is never hung up.
   */
  review(answers: (peerLink: PeerLink) => boolean, inUse: PeerLink | null, nowMs: number): PeerLink[] {
    const isFirst = this.#reviewAtMs === Number.NEGATIVE_INFINITY;
    this.#reviewAtMs = nowMs + REVIEW_MS;
    for (const peerLink of this.#open) {
      if (isFirst) this.#askedFromMs.set(peerLink, nowMs);
      if (nowMs - (this.#askedFromMs.get(peerLink) ?? nowMs) < PATIENCE_MS) continue;
      if (peerLink === inUse || peerLink.pathId === null || answers(peerLink)) continue;
      this.#givenUp.set(nameOf(peerLink), nowMs);
      this.#actions.hangUp(peerLink);
    }
    const opened = this.open(false, nowMs);
    if (this.#open.length < MAX_READY) this.#reviewAtMs = nowMs + INCOMPLETE_REVIEW_MS;
    const best = this.#best(nowMs).slice(0, MAX_READY);
    for (const peerLink of this.#open) {
      const isSpare = this.#open.length > MAX_READY && peerLink !== inUse;
      if (isSpare && !best.some((relays) => isBy(peerLink, relays))) this.#actions.hangUp(peerLink);
    }
    return opened;
  }

  /** Data flows again after a while: what was open then may not answer yet. */
  rest(): void {
    this.#reviewAtMs = Number.NEGATIVE_INFINITY;
  }

  #best(nowMs: number): Relays[] {
    for (const [name, atMs] of this.#givenUp) if (nowMs - atMs >= GIVEN_UP_MS) this.#givenUp.delete(name);
    const best: Relays[] = [];
    for (const { relays } of this.#actions.routes(this.#peer, nowMs)) {
      const [first, second] = relays;
      if (first === undefined || relays.length > 2 || this.#givenUp.has(relays.join(' '))) continue;
      best.push(second === undefined ? [first] : [first, second]);
    }
    return best;
  }
}

function isBy({ relay1, relay2 }: PeerLink, [first, second]: Relays): boolean {
  return relay1 === first && relay2 === (second ?? 0);
}

function nameOf({ relay1, relay2 }: PeerLink): string {
  return relay2 === 0 ? String(relay1) : `${relay1} ${relay2}`;
}
