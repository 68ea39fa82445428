import type { NodeId } from '../../config/node-id.ts';
import { type Detours, PATIENCE_MS } from './detours.ts';
import type { PeerLink } from './peer-link.ts';
import type { PeerSession } from './peer-session.ts';

/** A direct link that no path runs over may just be proving itself: it is greeted after this, in ms, then as often as this. */
const FIRST_GREETING_MS = 1_000;
const GREETING_MS = 2_000;

/** What becomes of them, for the peer around. */
export interface AlternateActions {
  /** This way is a path of the session from now on. */
  opened(peerLink: PeerLink): void;
  /** What goes by this relay is not answered. */
  doubt(relay: NodeId): void;
  /** A direct link that no path runs over, or null. */
  spareDirect(): PeerLink | null;
  sendHello(peerLink: PeerLink): void;
  hangUp(peerLink: PeerLink): void;
  /** There is no direct way that answers: has others help to find one. */
  punch(nowMs: number): void;
}

/** Keeps other ways of a session ready: while data flows, and all that are known while the one in use does not answer. */
export class Alternates {
  /** One side is enough to find other ways: who wants the session, or opened streams in it, or notices first that none leads there any more. */
  isUsed = false;
  readonly #detours: Detours;
  readonly #session: PeerSession;
  readonly #actions: AlternateActions;
  #spare: PeerLink | null = null;
  #spareSinceMs = 0;
  #greetAtMs = 0;

  constructor(detours: Detours, session: PeerSession, actions: AlternateActions) {
    this.#detours = detours;
    this.#session = session;
    this.#actions = actions;
  }

  /** To be called often: does nothing most of the time. */
  tick(isWanted: boolean, nowMs: number): void {
    const session = this.#session;
    if (!this.#detours.isDue(nowMs) || !session.isProven || !(isWanted || this.isUsed)) return;
    if (!session.isInUse(nowMs)) return this.#detours.rest();
    const answers = (peerLink: PeerLink): boolean => session.paths.answeredWithin(peerLink, PATIENCE_MS, nowMs);
    const { directLink } = session;
    if (directLink !== null ? !answers(directLink) : !this.#rejoins(nowMs)) this.#actions.punch(nowMs);
    this.#add(this.#detours.review(answers, session.paths.activeLink, nowMs));
  }

  /** The path in use does not answer. The other side may wait for data, and learn of it later. */
  widen(isWanted: boolean, nowMs: number): void {
    const relay = this.#session.paths.activeLink?.relay1 ?? 0;
    if (relay !== 0) this.#actions.doubt(relay);
    this.isUsed ||= this.#session.hasStreams;
    if (!this.#session.isProven || !(isWanted || this.isUsed)) return;
    // NATs on the way may have forgotten it.
    if (relay === 0) this.#actions.punch(nowMs);
    this.#add(this.#detours.open(true, nowMs));
  }

  /** Somebody wants to see the other ways. */
  look(nowMs: number): void {
    if (this.#session.isProven) this.#add(this.#detours.open(false, nowMs));
  }

  /** There is no path at all: opens ways on which a session may begin. Returns how many. */
  dial(opened: (peerLink: PeerLink) => void, nowMs: number): number {
    const links = this.#session.paths.hasPath ? [] : this.#detours.open(false, nowMs);
    for (const peerLink of links) opened(peerLink);
    return links.length;
  }

  /** Greets the peer on a direct link that no path runs over, or hangs it up where that leads to nothing. False where there is none. */
  #rejoins(nowMs: number): boolean {
    const spare = this.#actions.spareDirect();
    if (spare !== this.#spare) {
      this.#spare = spare;
      this.#spareSinceMs = nowMs;
      this.#greetAtMs = nowMs + FIRST_GREETING_MS;
    }
    if (spare === null) return false;
    if (nowMs - this.#spareSinceMs >= PATIENCE_MS) {
      this.#actions.hangUp(spare);
    } else if (nowMs >= this.#greetAtMs) {
      this.#greetAtMs = nowMs + GREETING_MS;
      this.#actions.sendHello(spare);
      spare.helloSent(nowMs);
    }
    return true;
  }

  #add(opened: readonly PeerLink[]): void {
    for (const peerLink of opened) {
      this.#actions.opened(peerLink);
      this.#session.paths.addDetour(peerLink);
    }
  }
}
