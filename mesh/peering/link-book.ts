import type { Endpoint } from '../../config/endpoint.ts';
import type { Link } from '../link.ts';
import type { Peer } from './peer.ts';
import { PeerLink } from './peer-link.ts';
import { Prospect } from './prospect.ts';

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
 *
 * A link has one owner. Another peer that turns up on it is a guest, the last one of them, as if on a link of its own that is not
 * validated: a datagram's source address is easily forged, and whoever passes on a HELLO by hand is not who said it.
 */
export class LinkBook {
  readonly #entries = new Map<Link, LinkEntry>();
  readonly #guests = new Map<Link, LinkEntry>();
  readonly #dials = new Map<number, { readonly owner: Peer | Prospect; readonly endpoint: Endpoint }>();
  #nextDialId = 1;

  /** An id for a dial that is no owner's. */
  takeDialId(): number {
    return this.#nextDialId++;
  }

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

  /**
   * What a peer has on this link: the entry, where the link is its or nobody's so far, or that of a guest; a new one, not entered
   * yet, where the other side dialled and it has proven nothing here.
   */
  find(link: Link, peer: Peer): LinkEntry {
    const entry = this.#entries.get(link);
    if (entry !== undefined && (entry.owner === peer || isOpenToAll(entry))) return entry;
    const guest = this.#guests.get(link);
    return guest?.owner === peer ? guest : { peerLink: new PeerLink(link, null), owner: null };
  }

  /**
   * Enters a link on which this peer has proven himself, as a guest's where it is another's and not shown to be the new one's
   * address. Returns the entry that had to give way, or null.
   */
  claim(entry: LinkEntry, peer: Peer): LinkEntry | null {
    const { link, isValidated } = entry.peerLink;
    const before = this.#entries.get(link);
    entry.owner = peer;
    if (before !== undefined && before !== entry && !isOpenToAll(before) && !isValidated) {
      this.#guests.set(link, entry);
      return null;
    }
    this.#guests.delete(link);
    this.#entries.set(link, entry);
    return before === undefined || before === entry ? null : before;
  }

  /** The link's entry where it is entered, or null. */
  get(link: Link): LinkEntry | null {
    return this.#entries.get(link) ?? null;
  }

  /** Forgets a link, and its guest. Returns its entry, or null. */
  remove(link: Link): LinkEntry | null {
    const entry = this.#entries.get(link) ?? null;
    this.#entries.delete(link);
    this.#guests.delete(link);
    return entry;
  }

  /** Forgets what a guest had on a link. True where that is another's, which stays. */
  removeGuest(peerLink: PeerLink): boolean {
    const { link } = peerLink;
    if (this.#guests.get(link)?.peerLink === peerLink) this.#guests.delete(link);
    const entry = this.#entries.get(link);
    return entry !== undefined && entry.peerLink !== peerLink;
  }
}

/** Whether it has no owner yet: whoever answers a dial to a server of unknown number is that server. */
function isOpenToAll({ owner }: LinkEntry): boolean {
  return owner === null || owner instanceof Prospect;
}
