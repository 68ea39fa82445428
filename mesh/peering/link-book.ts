import type { Endpoint } from '../../config/endpoint.ts';
import type { Link } from '../link.ts';
import type { Peer } from './peer.ts';
import { PeerLink } from './peer-link.ts';
import type { Prospect } from './prospect.ts';

/** Whose link it is: a peer's, that of a server whose number is not known yet, or nobody's so far. */
export type LinkOwner = Peer | Prospect | null;

/** A link as the node knows it. */
export interface LinkEntry {
  readonly peerLink: PeerLink;
  owner: LinkOwner;
}

/**
 * Every link that is in use, and every dial under way. A link that nobody has proven himself on is not in it, and each
 * peer limits its own.
 */
export class LinkBook {
  readonly #entries = new Map<Link, LinkEntry>();
  readonly #dials = new Map<number, { readonly owner: Peer | Prospect; readonly endpoint: Endpoint }>();
  #nextDialId = 1;

  /** Notes a dial; returns the id by which its link is announced. */
  dial(owner: Peer | Prospect, endpoint: Endpoint): number {
    const dialId = this.#nextDialId++;
    this.#dials.set(dialId, { owner, endpoint });
    return dialId;
  }

  /** Enters the link of a dial, or returns null where there was no such dial. */
  opened(dialId: number, link: Link): { readonly peerLink: PeerLink; readonly owner: Peer | Prospect } | null {
    const dial = this.#dials.get(dialId);
    this.#dials.delete(dialId);
    if (dial === undefined) return null;
    const entry = { peerLink: new PeerLink(link, dial.endpoint), owner: dial.owner };
    this.#entries.set(link, entry);
    return entry;
  }

  /** The link's entry; a new one, not entered yet, where the other side dialled and has proven nothing. */
  find(link: Link): LinkEntry {
    return this.#entries.get(link) ?? { peerLink: new PeerLink(link, null), owner: null };
  }

  /** Enters a link on which this peer has proven itself. */
  claim(entry: LinkEntry, peer: Peer): void {
    entry.owner = peer;
    this.#entries.set(entry.peerLink.link, entry);
  }

  /** The link's entry where it is entered, or null. */
  get(link: Link): LinkEntry | null {
    return this.#entries.get(link) ?? null;
  }

  /** Forgets a link. Returns its entry, or null. */
  remove(link: Link): LinkEntry | null {
    const entry = this.#entries.get(link) ?? null;
    this.#entries.delete(link);
    return entry;
  }
}
