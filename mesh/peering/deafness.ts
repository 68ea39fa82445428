import type { SessionPath } from '../session/session-path.ts';
import type { PeerSession } from './peer-session.ts';

/** How often it is told that the peer is deaf, while that lasts, in ms: as long as a round of attempts takes. */
const INTERVAL_MS = 5_000;

/**
 * Notices a peer that is heard and does not hear, as where datagrams are dropped in one direction: unanswered probes would
 * not tell. It may turn out to hear after all: where much is lost, or where a queue on the way has filled.
 */
export class Deafness {
  readonly #session: PeerSession;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  /** The path that it did not hear by, where a search began because of that. */
  #path: SessionPath | null = null;

  constructor(session: PeerSession) {
    this.#session = session;
  }

  /** Whether other ways are to be looked for now. `isSearching`: they are already. */
  isNoticed(isSearching: boolean, nowMs: number): boolean {
    const { activeLink, session } = this.#session.paths;
    // A connection that is dead in one direction is so in the other before long.
    if (activeLink === null || activeLink.link.reliable || nowMs - this.#toldAtMs < INTERVAL_MS) return false;
    const path = session?.activePath ?? null;
    if (path === null || !path.answers.isUnheard(nowMs)) return false;
    this.#toldAtMs = nowMs;
    if (!isSearching) this.#path = path;
    return true;
  }

  /** True once where the search that began because of it is for nothing. `isSearching`: it goes on. */
  isOver(isSearching: boolean): boolean {
    const path = this.#path;
    if (path === null) return false;
    const { progressAtMs, unansweredProbes } = path.answers;
    const hears = progressAtMs > this.#toldAtMs;
    // Two unanswered probes are a reason to go on.
    const isKept = !isSearching || unansweredProbes >= 2 || path !== this.#session.paths.session?.activePath;
    if (isKept || hears) this.#path = null;
    return hears && !isKept;
  }
}
