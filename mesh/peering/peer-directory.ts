import type { Endpoint } from '../../config/endpoint.ts';
import { MAX_NODE_ID, type NodeId } from '../../config/node-id.ts';
import type { Link } from '../link.ts';
import type { FirstServer } from '../mesh-options.ts';
import { LinkBook, type LinkEntry } from './link-book.ts';
import { Peer } from './peer.ts';
import { PeerMap } from './peer-map.ts';
import type { SavedPeer } from './saved-peer.ts';
import type { PeerKeys } from './peer-keys.ts';
import { PeerLink } from './peer-link.ts';
import { Prospect } from './prospect.ts';
import { RouteBook } from './route-book.ts';
import { RoutedLink, type Relays } from './routed-link.ts';
import type { LinkMaker, PeerContext, PeerEvent } from './peer-context.ts';

/** For how long a path is avoided of which a relay says that it leads nowhere, in ms (PROTOCOL section 7). */
const DEMOTED_MS = 5_000;

/** What the directory needs to make peers. */
export interface DirectoryOptions {
  readonly context: PeerContext;
  readonly makeKeys: (id: NodeId, identity: Uint8Array) => PeerKeys | null;
  readonly saved: (id: NodeId) => SavedPeer | null;
  /** Asks the process for a link. */
  readonly dial: (dialId: number, endpoint: Endpoint) => void;
}

/** The peers of a node by number, the servers whose number is yet to be learned, and the links to all of them. */
export class PeerDirectory implements LinkMaker {
  readonly links = new LinkBook();
  readonly #routes = new RouteBook((relay) => this.#peers.get(relay) ?? null);
  readonly #options: DirectoryOptions;
  readonly #peers = new PeerMap<Peer>();
  readonly #prospects: Prospect[] = [];

  constructor(options: DirectoryOptions) {
    this.#options = options;
  }

  get peers(): ReadonlyMap<NodeId, Peer> {
    return this.#peers;
  }

  get wakeAtMs(): number {
    let earliest = this.#peers.wakeAtMs;
    for (const prospect of this.#prospects) earliest = Math.min(earliest, prospect.wakeAtMs);
    return earliest;
  }

  tick(nowMs: number): void {
    this.#peers.tick(nowMs);
    for (const prospect of this.#prospects) if (prospect.wakeAtMs <= nowMs) prospect.tick(nowMs);
  }

  /** Something may have changed about any peer without this having been asked for it: streams were used. */
  touch(): void {
    this.#peers.touchAll();
  }

  /** Whether an answer is overdue, a way is looked for, or data flows. */
  awaitsAnything(nowMs: number): boolean {
    return (
      this.#peers.some((peer) => peer.awaitsAnything(nowMs)) ||
      this.#prospects.some(({ wakeAtMs }) => wakeAtMs !== Number.POSITIVE_INFINITY)
    );
  }

  /** Whether stream data flows. */
  isInUse(nowMs: number): boolean {
    return this.#peers.some(({ session }) => session.isInUse(nowMs));
  }

  /** Whether a stream with a peer that this node wants is open, and one with it was used in the last so many ms. */
  hasStreams(usedWithinMs: number, nowMs: number): boolean {
    return this.#peers.some(
      ({ session, keepAlive }) => keepAlive.isWanted && session.hasStreams && nowMs - keepAlive.usedAtMs < usedWithinMs,
    );
  }

  /** Whether this peer answers, and no other does. */
  isOnlyOneUp(id: NodeId): boolean {
    return this.#peers.get(id)?.state === 'up' && !this.#peers.some((peer) => peer.id !== id && peer.state === 'up');
  }

  /** The machine has other addresses than before. `isGone`: some it had are gone. */
  networkChanged(isGone: boolean, nowMs: number): void {
    for (const peer of this.#peers.values()) peer.networkChanged(isGone, nowMs);
    for (const prospect of this.#prospects) prospect.hurry(nowMs);
  }

  /** The machine has no address at all, so nobody can be heard. */
  networkGone(nowMs: number): void {
    for (const { session } of this.#peers.values()) session.forgive(nowMs);
  }

  /** The network is back: nobody pauses any longer. */
  hurry(nowMs: number): void {
    for (const { ways } of this.#peers.values()) ways.approach.hurry(nowMs);
    for (const prospect of this.#prospects) prospect.hurry(nowMs);
  }

  /** The peer with this number and identity; made where it is new. Null where its identity is no usable key. */
  ensure(id: NodeId, identity: Uint8Array): Peer | null {
    const known = this.#peers.get(id);
    if (known !== undefined) return known;
    const keys = id > MAX_NODE_ID ? null : this.#options.makeKeys(id, identity);
    if (keys === null) return null;
    const peer = new Peer(this.#options.context, this, id, keys, this.#options.saved(id));
    this.#peers.set(id, peer);
    return peer;
  }

  /** Forgets a peer that lost its number, and all ways through it. */
  remove(id: NodeId, nowMs: number): void {
    this.#peers.get(id)?.remove(nowMs);
    for (const routed of this.#routes.through(id)) this.#lose(routed, nowMs);
    this.#peers.delete(id);
  }

  /** Gets through to a server whose identity, or even number, is not known. */
  addProspect({ id, endpoints }: FirstServer, nowMs: number): void {
    const { context } = this.#options;
    // No later than any session of this process: repeated beside a session, it must not ask for a newer one.
    const session = Math.floor(context.wallS());
    const prospect: Prospect = new Prospect(id, endpoints, {
      dial: (endpoint) => this.dial(prospect, endpoint),
      sendHello: (peerLink) => {
        const network = context.networkFor(peerLink.nextNetwork === 'newest');
        context.sendHello(peerLink, id ?? 0, session, 0, network);
      },
      hangUp: (peerLink) => this.hangUp(peerLink),
    });
    this.#prospects.push(prospect);
    prospect.start(nowMs);
  }

  /** The server with this number is a peer now, which is approached itself. */
  dropProspect(id: NodeId): void {
    for (const prospect of this.#prospects) if (prospect.id === id) prospect.stop();
  }

  linkOpened(dialId: number, link: Link, nowMs: number): void {
    this.touch();
    const opened = this.links.opened(dialId, link);
    if (opened === null) return link.close();
    const { owner, peerLink } = opened;
    if (owner instanceof Peer && this.#peers.get(owner.id) !== owner) this.hangUp(peerLink);
    else owner.linkOpened(peerLink, nowMs);
  }

  linkClosed(link: Link, isRefused: boolean, nowMs: number): void {
    this.touch();
    const entry = this.links.remove(link);
    entry?.owner?.linkClosed(entry.peerLink, isRefused, nowMs);
  }

  linkWritable(link: Link): void {
    this.touch();
    const owner = this.links.get(link)?.owner;
    if (!(owner instanceof Peer)) return;
    owner.session.resume();
    for (const routed of this.#routes.by(owner.id)) {
      const behind = this.links.get(routed)?.owner;
      if (behind instanceof Peer) behind.session.resume();
    }
  }

  /** The way over relays by which a message came, given that the last relay has proven itself on this link; else null. */
  arrivedBy(link: Link, origin: NodeId, relays: Relays): RoutedLink | null {
    if (link instanceof RoutedLink) return link; // a message that was held back
    const entry = this.provenEntry(link);
    if (entry === null || entry.owner !== this.#peers.get(relays[0])) return null;
    return this.#routes.find(origin, relays);
  }

  /** The entry of a direct link on which a peer has proven itself at level 2, and which its session uses; else null. */
  provenEntry(link: Link): LinkEntry | null {
    const entry = this.links.get(link);
    if (entry === null || !(entry.owner instanceof Peer) || !entry.owner.isUp) return null;
    const { peerLink } = entry;
    return peerLink.relay1 === 0 && peerLink.isValidated && peerLink.pathId !== null ? entry : null;
  }

  /** This peer has proven itself on a link: it is its from now on, unless it is another's. */
  claim(entry: LinkEntry, peer: Peer, nowMs: number): void {
    const { owner, peerLink } = entry;
    if (owner === peer && this.links.get(peerLink.link) === entry) return;
    this.touch();
    if (owner instanceof Prospect) {
      owner.answered(peerLink);
      peer.ways.approach.setProven(owner.endpoints);
      peer.setWanted(true, nowMs);
    }
    if (peerLink.link instanceof RoutedLink) this.#routes.enter(peerLink.link);
    const before = this.links.claim(entry, peer);
    before?.owner?.linkClosed(before.peerLink, false, nowMs);
  }

  /** Stops trying for all of them, after {@link Peer.leave}. */
  stop(): void {
    for (const prospect of this.#prospects) prospect.stop();
  }

  dial(owner: Peer | Prospect, endpoint: Endpoint): void {
    this.#options.dial(this.links.dial(owner, endpoint), endpoint);
  }

  dialTo(id: NodeId, endpoint: Endpoint): void {
    const peer = this.#peers.get(id);
    if (peer !== undefined) this.dial(peer, endpoint);
  }

  route(id: NodeId, relays: Relays, nowMs: number): PeerLink | null {
    const peer = this.#peers.get(id);
    const known = this.#routes.find(id, relays);
    if (peer === undefined || known === null || !known.isOpen) return null;
    const entry = this.links.get(known);
    if (entry !== null && entry.peerLink.pathId !== null) return null;
    // Left from an earlier session, or chosen by the peer: it begins anew.
    if (entry !== null) this.#lose(known, nowMs);
    const link = this.#routes.find(id, relays) ?? known;
    const peerLink = new PeerLink(link, null, true);
    this.#routes.enter(link);
    this.links.claim({ peerLink, owner: peer }, peer);
    this.doubt(relays[0]);
    return peerLink;
  }

  /** Whether a link is in use: not where all that is known of it is that this peer, without a session by now, once came by it. */
  isTaken(link: Link, id: NodeId): boolean {
    const entry = this.links.get(link);
    if (entry === null) return false;
    const { owner, peerLink } = entry;
    return !(owner instanceof Peer && owner.id === id && !owner.isUp && !peerLink.isOwn && peerLink.pathId === null);
  }

  /** Greets a peer on a link that leads to where somebody else says that it is, and that so many bytes came by. */
  greet(id: NodeId, link: Link, receivedBytes: number, nowMs: number): void {
    const peer = this.#peers.get(id);
    if (peer === undefined || this.isTaken(link, id)) return;
    const known = this.links.remove(link);
    if (known !== null) peer.ways.links.remove(known.peerLink);
    const peerLink = new PeerLink(link, null, true, false);
    peerLink.received(receivedBytes);
    link.keep();
    this.links.claim({ peerLink, owner: peer }, peer);
    peer.linkOpened(peerLink, nowMs);
  }

  doubt(relay: NodeId): void {
    this.#peers.get(relay)?.session.probe();
  }

  /** What became of a peer matters to those behind it: they are tried where it is there again, and lost where it is not. */
  followRelay(relay: NodeId, { type }: PeerEvent, nowMs: number): void {
    if (type === 'down' || type === 'changed') this.#closeRoutesBy(relay, nowMs);
    if (type !== 'up') return;
    for (const peer of this.#peers.values()) peer.ways.helped(peer.isWanted, nowMs);
  }

  #closeRoutesBy(relay: NodeId, nowMs: number): void {
    for (const routed of this.#routes.by(relay)) if (!routed.isOpen) this.#lose(routed, nowMs);
  }

  /** A relay could not pass on the message with this tag: the path that it went by is used as little as possible for a while. */
  demoteRoutes(relay: NodeId, tag: Uint8Array, nowMs: number): void {
    this.touch();
    const link = this.#routes.sentBy(relay, tag, nowMs);
    const entry = link && this.links.get(link);
    if (entry?.owner instanceof Peer) entry.owner.session.paths.demote(entry.peerLink, nowMs + DEMOTED_MS, nowMs);
  }

  #lose(link: RoutedLink, nowMs: number): void {
    link.close();
    this.linkClosed(link, false, nowMs);
  }

  hangUp(peerLink: PeerLink): void {
    if (this.links.removeGuest(peerLink)) return;
    this.links.remove(peerLink.link);
    peerLink.link.close();
  }
}
