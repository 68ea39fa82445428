import type { Session } from '../session/session.ts';
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
  takesOver(session: Session, peerLink: PeerLink): boolean {
    const activeLink = this.#paths.activeLink(session);
    if (activeLink === null || activeLink === peerLink || !activeLink.isValidated) return true;
    return session.isSuspect || this.#isMove(session, peerLink);
  }

  /** The peer sends on this path by this link: answers go the same way, once the link is validated. */
  follow(session: Session, pathId: number, peerLink: PeerLink): void {
    const bound = this.#paths.linkOf(pathId);
    if (bound === peerLink) {
      if (peerLink.isValidated && !peerLink.isOwn && session.activePath?.id !== pathId) {
        if (this.#isMove(session, peerLink)) session.activate(pathId);
      }
      return;
    }
    // Packets that a path delivered late, after the peer had left it.
    if (bound === undefined && peerLink.relay1 === 0 && this.#paths.isLeft(pathId)) return;
    if (bound === undefined || peerLink.isValidated) {
      this.#paths.bind(session, pathId, peerLink, peerLink.isValidated && this.takesOver(session, peerLink));
    } else {
      peerLink.wantedPathId = pathId;
    }
    peerLink.link.keep();
  }

  /** Takes a RESPONSE that came by this link, and tells the peer where it is seen to come from. */
  validate(session: Session, peerLink: PeerLink, token: Uint8Array, nowMs: number): void {
    if (!peerLink.answered(token)) return;
    const observed = observedFrame(peerLink);
    if (observed !== null) session.sendFrame(observed, true);
    const pathId = peerLink.pathId ?? peerLink.wantedPathId;
    if (pathId === null) return;
    const takesOver = this.takesOver(session, peerLink);
    if (peerLink.pathId === null) this.#paths.bind(session, pathId, peerLink, takesOver);
    else if (takesOver) session.activate(pathId);
    if (peerLink.relay1 === 0) this.#paths.leaveOlder(session, pathId);
    session.pathAnswered(pathId, nowMs);
  }

  /** Whether the peer, sending by another direct link than before, has moved there; ways over relays are only kept ready. */
  #isMove(session: Session, peerLink: PeerLink): boolean {
    return peerLink.relay1 === 0 && this.#paths.activeLink(session)?.relay1 === 0;
  }
}
