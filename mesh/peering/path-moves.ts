import { observedFrame } from './observed-frame.ts';
import type { PeerLink } from './peer-link.ts';
import type { PeerPaths } from './peer-paths.ts';

/** When a session with a peer moves to another link: because the peer did, or a link was proven, or a new one was chosen. */
export class PathMoves {
  readonly #paths: PeerPaths;

  constructor(paths: PeerPaths) {
    this.#paths = paths;
  }

  /** Whether a new link is used at once. A way of another kind than the one in use has to prove that it is better. */
  takesOver(peerLink: PeerLink): boolean {
    const { session, activeLink } = this.#paths;
    if (activeLink === null || activeLink === peerLink || !activeLink.isValidated) return true;
    return session?.isSuspect === true || this.#isMove(peerLink);
  }

  /** The peer sends on this path by this link: answers go the same way, once the link is validated. */
  follow(pathId: number, peerLink: PeerLink): void {
    const bound = this.#paths.linkOf(pathId);
    if (bound === peerLink) {
      if (!peerLink.isValidated || peerLink.isOwn) return;
      const { session } = this.#paths;
      if (session?.activePath?.id !== pathId && this.#isMove(peerLink)) session?.activate(pathId);
      return;
    }
    if (bound === undefined && this.#paths.keepsOwn(pathId, peerLink)) return this.#paths.hear(pathId, peerLink);
    // Packets that a path delivered late, after the peer had left it.
    if (bound === undefined && peerLink.relay1 === 0 && this.#paths.isLeft(pathId)) return;
    if (bound === undefined || peerLink.isValidated) {
      this.#paths.bind(pathId, peerLink, peerLink.isValidated && this.takesOver(peerLink));
      // In a session that this one took the place of, it may have been said and not have come.
      this.tellWhereSeen(peerLink);
    } else {
      peerLink.wantedPathId = pathId;
    }
    peerLink.link.keep();
  }

  /** Takes a RESPONSE that came by this link, and tells the peer where it is seen to come from. */
  validate(peerLink: PeerLink, token: Uint8Array, nowMs: number): void {
    const { session } = this.#paths;
    if (session === null || !peerLink.answered(token)) return;
    this.tellWhereSeen(peerLink);
    const pathId = peerLink.pathId ?? peerLink.wantedPathId;
    if (pathId === null) return;
    const takesOver = this.takesOver(peerLink);
    if (peerLink.pathId === null) this.#paths.bind(pathId, peerLink, takesOver);
    else if (takesOver) session.activate(pathId);
    if (peerLink.relay1 === 0) this.#paths.leaveOlder(pathId);
    session.pathAnswered(pathId, nowMs);
  }

  /** Tells the peer where it is seen, where the link is known to lead to it: with each new path. */
  tellWhereSeen(peerLink: PeerLink): void {
    const observed = peerLink.isValidated ? observedFrame(peerLink) : null;
    if (observed !== null) this.#paths.session?.sendFrame(observed, true);
  }

  /** Whether the peer, sending by another direct link than before, has moved there; ways over relays are only kept ready. */
  #isMove(peerLink: PeerLink): boolean {
    return peerLink.relay1 === 0 && this.#paths.activeLink?.relay1 === 0;
  }
}
