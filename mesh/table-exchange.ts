import type { NodeId } from '../config/node-id.ts';
import { ChangeFeeds } from './gossip/change-feeds.ts';
import type { Audience, GossipFrame } from './gossip/gossip-outcome.ts';
import { serversToTell } from './gossip/push-plan.ts';
import type { Peer } from './peering/peer.ts';
import { warmPeers } from './warm-peers.ts';

/** What the exchange of tables needs of the node around it. */
export interface TableParts {
  readonly ownId: NodeId;
  /** Whether this node is a server: others can reach it, and it passes changes on. */
  readonly isServer: boolean;
  readonly peers: ReadonlyMap<NodeId, Peer>;
  /** Whether another node is a server. */
  readonly servesOthers: (id: NodeId) => boolean;
  /** Whether another node is known to be none. */
  readonly servesNobody: (id: NodeId) => boolean;
  /** Whether it helps others to get through to this node, which they can't dial. */
  readonly leadsHere: (id: NodeId) => boolean;
  /** A TABLE as it is now. */
  readonly tableNotice: (wantsChanges: boolean) => GossipFrame;
  readonly randomByte: () => number;
}

/** While one comparison may be under way others wait this long, in ms: or the same records would come from many at once. */
const NEXT_COMPARISON_MS = 2_000;
/** After records that were missing the rest is waited for, in ms, before others are told of the new table. */
const CAUGHT_UP_MS = 1_000;
/** Who sent something of its own accord this lately is in use, in ms. */
const USED_LATELY_MS = 600_000;
/** Servers that send changes hear of this node at least so often, in ms: they say of it that it is there for 90 s. */
const FEED_SILENCE_MS = 80_000;
/** Some NATs forget an inner port from which nothing was sent for 30 s, and then let nobody in any more, in ms. */
const NAT_SILENCE_MS = 25_000;

/**
 * Who is told what, and when (PROTOCOL section 5): tables are compared at the start of a session, with its keep-alives
 * and after catching up; changes go to servers, and to those that want them from this node.
 */
export class TableExchange {
  readonly #parts: TableParts;
  readonly #feeds: ChangeFeeds;
  readonly #subscribers = new Set<NodeId>();
  /** Peers that are to get a TABLE, all at {@link #dueAtMs}. */
  readonly #due = new Set<NodeId>();
  #dueAtMs = Number.POSITIVE_INFINITY;
  #comparedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: TableParts) {
    this.#parts = parts;
    this.#feeds = new ChangeFeeds(parts.ownId);
  }

  /** When {@link tick} is due, in ms. */
  get wakeAtMs(): number {
    return this.#dueAtMs;
  }

  tick(nowMs: number): void {
    if (nowMs < this.#dueAtMs) return;
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    for (const id of this.#due) this.#tell(id);
    this.#due.clear();
  }

  /** A session with a peer has begun. */
  sessionStarted(id: NodeId, nowMs: number): void {
    if (this.#parts.peers.get(id)?.isWanted !== true) return;
    const before = this.#feeds.chosen;
    if (!this.#parts.isServer && !this.#parts.servesNobody(id)) this.#feeds.add(id);
    this.#keepWarm(nowMs);
    if (!this.#parts.isServer && !this.#feeds.chosen.includes(id)) return;
    if (nowMs - this.#comparedAtMs < NEXT_COMPARISON_MS) return this.#tellLater(id, nowMs + NEXT_COMPARISON_MS);
    this.#comparedAtMs = nowMs;
    this.#tell(id, true);
    for (const feed of before) if (!this.#feeds.chosen.includes(feed)) this.#tell(feed);
  }

  /** The session with a peer is over. */
  sessionEnded(id: NodeId, nowMs: number): void {
    this.#subscribers.delete(id);
    this.#due.delete(id);
    const before = this.#feeds.chosen;
    this.#feeds.remove(id);
    this.#keepWarm(nowMs);
    for (const feed of this.#feeds.chosen) if (!before.includes(feed)) this.#tellLater(feed, nowMs);
  }

  /** A quiet peer is about to be probed. */
  keepAlive(id: NodeId, nowMs: number): void {
    if (this.#parts.servesNobody(id)) this.#feeds.remove(id);
    this.#keepWarm(nowMs);
    this.#tell(id);
  }

  /** A peer has said whether it wants changes from here. Returns whether that is new, and all else should follow. */
  heard(id: NodeId, wantsChanges: boolean): boolean {
    if (!this.#parts.isServer) return false;
    const isNew = wantsChanges && !this.#subscribers.has(id);
    if (wantsChanges) this.#subscribers.add(id);
    else this.#subscribers.delete(id);
    return isNew;
  }

  /** Many records were missing here: those that get changes from here may lack them too. */
  caughtUp(nowMs: number): void {
    this.#comparedAtMs = nowMs;
    if (this.#parts.isServer) for (const { id } of [...this.#servers, ...this.#subscribed]) this.#due.add(id);
    if (this.#due.size > 0) this.#dueAtMs = nowMs + CAUGHT_UP_MS;
  }

  /**
   * Tells that these nodes stopped answering: the servers that send changes here, or, as a server, those that get none
   * from here: what sends them changes may be what died.
   */
  tellLost(ids: readonly NodeId[]): void {
    const { isServer, servesOthers, peers } = this.#parts;
    const told = isServer
      ? this.#live.filter(({ id }) => !servesOthers(id) && !this.#subscribers.has(id))
      : this.#feeds.chosen.map((id) => peers.get(id));
    for (const peer of told) {
      if (peer !== undefined && !ids.includes(peer.id)) peer.sendGossip({ type: 'lost', bytes: Uint8Array.from(ids) });
    }
  }

  /** Who wants changes from this node. */
  get subscribers(): ReadonlySet<NodeId> {
    return this.#subscribers;
  }

  /** The peers that a frame is for. `from` is who it came from, null where that is this node. */
  audience(to: Audience, from: NodeId | null): readonly Peer[] {
    switch (to) {
      case 'all-live':
        return this.#live.filter(({ id }) => id !== from);
      case 'servers':
        return this.#serversFor(from);
      case 'subscribers':
        return this.#subscribed.filter(({ id }) => id !== from);
    }
  }

  #serversFor(from: NodeId | null): readonly Peer[] {
    const { isServer, ownId, servesOthers, randomByte, peers } = this.#parts;
    if (!isServer) {
      // Nothing but its own comes from a node that is no server.
      if (from !== null) return [];
      return this.#feeds.chosen.map((id) => peers.get(id)).filter((peer) => peer !== undefined);
    }
    const servers = this.#servers.filter(({ id }) => id !== from);
    const isBroughtIn = from === null || !servesOthers(from);
    const told = serversToTell(
      ownId,
      servers.map(({ id }) => id),
      isBroughtIn,
      randomByte(),
    );
    return servers.filter(({ id }) => told.includes(id));
  }

  get #live(): readonly Peer[] {
    return [...this.#parts.peers.values()].filter(({ isUp }) => isUp);
  }

  get #servers(): readonly Peer[] {
    return this.#live.filter(({ id }) => this.#parts.servesOthers(id));
  }

  get #subscribed(): readonly Peer[] {
    return this.#live.filter(({ id }) => this.#subscribers.has(id) && !this.#parts.servesOthers(id));
  }

  #keepWarm(nowMs: number): void {
    if (this.#parts.isServer) return this.#takeTurns();
    const { chosen } = this.#feeds;
    const wanted = [...this.#parts.peers.values()].filter(({ isWanted }) => isWanted);
    const warm = warmPeers(
      wanted.map(({ id, session, keepAlive }) => {
        const isUsed = session.hasStreams || nowMs - keepAlive.usedAtMs < USED_LATELY_MS;
        return { id, rttMs: session.rttMs, isNeeded: isUsed || chosen.includes(id) };
      }),
    );
    for (const { id, keepAlive, directLink } of wanted) {
      const isWayIn = this.#parts.leadsHere(id);
      const longestMs = chosen.includes(id) ? FEED_SILENCE_MS : Number.POSITIVE_INFINITY;
      keepAlive.longestMs = isWayIn && directLink?.link.reliable === false ? NAT_SILENCE_MS : longestMs;
      keepAlive.isWarm = isWayIn || warm.has(id);
    }
  }

  /** Of two servers that keep a session with each other the lower number probes first. */
  #takeTurns(): void {
    const { ownId, peers, servesOthers } = this.#parts;
    for (const id of peers.keys()) if (ownId > id && servesOthers(id)) peers.get(id)!.keepAlive.isSecond = true;
  }

  #tellLater(id: NodeId, atMs: number): void {
    this.#due.add(id);
    this.#dueAtMs = Math.min(this.#dueAtMs, atMs);
  }

  /** @param isBehind whether a server has to ask for all that others get as changes, too. */
  #tell(id: NodeId, isBehind = false): void {
    const wantsChanges = this.#parts.isServer ? isBehind : this.#feeds.chosen.includes(id);
    this.#parts.peers.get(id)?.sendGossip(this.#parts.tableNotice(wantsChanges));
  }
}
