import type { Endpoint } from '../config/endpoint.ts';
import { isManyHostsIp, isWildcardIp } from '../config/ip-literal.ts';
import type { NodeId } from '../config/node-id.ts';
import type { Gossip } from './gossip/gossip.ts';
import type { NodeRecord } from './gossip/node-record.ts';
import type { MeshNodeOptions } from './mesh-options.ts';
import type { Peer } from './peering/peer.ts';
import type { PeerDirectory } from './peering/peer-directory.ts';
import { serversToKeep } from './server-ring.ts';

/** Turns what gossip knows of members into peers, and decides with whom this node wants a session of its own accord. */
export class MeshMembers {
  readonly #options: MeshNodeOptions;
  readonly #gossip: Gossip;
  readonly #directory: PeerDirectory;
  readonly #wallS: () => number;
  /** By what a peer was told where it can be reached: its record, and whether it was heard lately. */
  readonly #located = new WeakMap<Peer, { readonly record: NodeRecord | null; readonly isLately: boolean }>();

  /** Begins to approach the servers of the configuration whose identity is not known yet. */
  constructor(options: MeshNodeOptions, gossip: Gossip, directory: PeerDirectory, wallS: () => number) {
    this.#options = options;
    this.#gossip = gossip;
    this.#directory = directory;
    this.#wallS = wallS;
    for (const server of options.servers) {
      const isKnown = server.id !== null && gossip.membership.member(server.id) !== null;
      if (!isKnown && server.id !== options.id) directory.addProspect(server, options.nowMs);
    }
  }

  /** The peer for a member's number, made now where there is none; null for strangers and for this node itself. */
  peer(id: NodeId): Peer | null {
    const member = id === this.#options.id ? null : this.#gossip.membership.member(id);
    const peer = member === null ? null : this.#directory.ensure(id, member.identity);
    if (peer !== null) this.#locate(peer);
    return peer;
  }

  /** Tells a peer where it can be reached, where that has changed. */
  #locate(peer: Peer): void {
    const record = this.#gossip.table.get(peer.id);
    const isLately = this.#gossip.isLately(peer.id, this.#wallS());
    const known = this.#located.get(peer);
    if (known?.record === record && known.isLately === isLately) return;
    this.#located.set(peer, { record, isLately });
    peer.ways.approach.setEndpoints(this.#configured(peer.id), isLately && record !== null ? recorded(record) : []);
  }

  /** Whether others can reach this node. */
  get isServer(): boolean {
    return this.#options.advertised.length > 0;
  }

  /** Whether this node is an exit or relay that nobody can dial: others get through over the links that it keeps itself. */
  get isTemporaryServer(): boolean {
    const { exit, relay } = this.#gossip.credential.certificate.roles;
    return !this.isServer && (exit || relay);
  }

  /** Whether others get through to this node with the help of that one: by its relaying, or by its bringing both together. */
  leadsHere(id: NodeId): boolean {
    return (
      this.isTemporaryServer && (this.servesOthers(id) || this.#gossip.membership.member(id)?.roles.relay === true)
    );
  }

  /** Whether the configuration names that node as a server. */
  isConfigured(id: NodeId): boolean {
    return this.#options.servers.some((server) => server.id === id);
  }

  /** Whether others can reach that node, as the configuration or its record has it. */
  servesOthers(id: NodeId): boolean {
    return this.isConfigured(id) || this.#gossip.table.get(id)?.server === true;
  }

  /** Whether ways lead through or to that node, whose number may be the own one. */
  isOnRoutes(id: NodeId): boolean {
    const roles = this.#gossip.membership.member(id)?.roles;
    return roles?.exit === true || roles?.relay === true || this.servesOthers(id);
  }

  /**
   * Sees to it that there are sessions with the servers of the configuration; with every exit and relay where exits are wanted
   * or passed on to, since a relay leads only where it has a link already; and between servers. Who serves others without
   * being one keeps sessions as if it were, and with relays.
   */
  pursue(nowMs: number): void {
    const members = this.#gossip.membership.members();
    const isServing = this.isServer || this.isTemporaryServer;
    const servers = isServing ? members.map(({ id }) => id).filter((id) => this.servesOthers(id)) : [];
    const relays = this.isTemporaryServer ? members.filter(({ roles }) => roles.relay).map(({ id }) => id) : [];
    const wantsAll = this.#options.wantsExits || this.#gossip.credential.certificate.roles.relay;
    const kept = new Set([servers, relays].flatMap((ids) => [...serversToKeep(this.#options.id, ids)]));
    for (const { id, roles } of members) {
      const isConfigured = this.isConfigured(id);
      if (isConfigured) this.#directory.dropProspect(id);
      const isWanted = isConfigured || (wantsAll && (roles.exit || roles.relay)) || kept.has(id);
      if (isWanted) this.peer(id)?.setWanted(true, nowMs);
    }
  }

  #configured(id: NodeId): readonly Endpoint[] {
    return this.#options.servers.filter((server) => server.id === id).flatMap((server) => server.endpoints);
  }
}

/** Where it is seen to come from is no place where it listens, its own network is not this one, and some addresses are no single machine's. */
function recorded({ addresses }: NodeRecord): readonly Endpoint[] {
  return addresses.filter(({ source, host }) => source === 'configured' && !isManyHostsIp(host) && !isWildcardIp(host));
}
