import type { PeerLink } from './peer-link.ts';
import { WayTotals } from './way-totals.ts';

/** Most links that a peer has chosen. A few are more than a roaming laptop leaves behind. */
const MAX_ACCEPTED_LINKS = 16;

/** The links to one peer, whether a path runs over them or not. */
export class PeerLinkSet {
  readonly #links = new Set<PeerLink>();
  /** What went by those that are closed. */
  readonly totals = new WayTotals();
  readonly #close: (peerLink: PeerLink) => void;

  /** @param close called for each link that is hung up. */
  constructor(close: (peerLink: PeerLink) => void) {
    this.#close = close;
  }

  /** Adds a link; where that makes too many that the peer has chosen, the oldest but `inUse` is hung up, those over relays first. */
  add(added: PeerLink, inUse: PeerLink | null): void {
    if (this.#links.has(added)) return;
    this.#links.add(added);
    const accepted = [...this.#links].filter((peerLink) => !peerLink.isOwn);
    if (accepted.length <= MAX_ACCEPTED_LINKS) return;
    const spare = accepted.filter((peerLink) => peerLink !== added && peerLink !== inUse);
    const oldest = spare.find(({ relay1 }) => relay1 !== 0) ?? spare[0];
    if (oldest !== undefined) this.hangUp(oldest);
  }

  /** The link is closed already. */
  remove(peerLink: PeerLink): void {
    if (this.#links.delete(peerLink)) this.totals.ended(peerLink);
  }

  hangUp(peerLink: PeerLink): void {
    this.remove(peerLink);
    this.#close(peerLink);
  }

  /**
   * A direct link that this side chose, and that the peer has sent something by, but that no path runs over; or null. What began
   * there may have been a session that another one, begun by a relay, took the place of at once.
   */
  get spareDirect(): PeerLink | null {
    for (const peerLink of this.#links) {
      const { relay1, isOwn, pathId, bytesReceived } = peerLink;
      if (relay1 === 0 && isOwn && pathId === null && bytesReceived > 0) return peerLink;
    }
    return null;
  }

  /** Hangs up those that this side dialled, but one. */
  hangUpDialled(kept: PeerLink): void {
    for (const peerLink of this.#links) if (peerLink !== kept && peerLink.dialled !== null) this.hangUp(peerLink);
  }

  /** Hangs up those that this side chose, over relays or not. */
  hangUpOwn(): void {
    for (const peerLink of this.#links) if (peerLink.isOwn) this.hangUp(peerLink);
  }

  /** Hangs up connections with a path. False where there are none. */
  hangUpReliable(): boolean {
    const connections = [...this.#links].filter(({ link, pathId }) => link.reliable && pathId !== null);
    for (const peerLink of connections) this.hangUp(peerLink);
    return connections.length > 0;
  }

  hangUpAll(): void {
    for (const peerLink of this.#links) this.hangUp(peerLink);
  }
}
