import type { Endpoint } from '../config/endpoint.ts';
import type { NodeId } from '../config/node-id.ts';
import type { Gossip } from './gossip/gossip.ts';
import type { MeshNodeOptions } from './mesh-options.ts';
import type { Peer } from './peering/peer.ts';
import type { PeerDirectory } from './peering/peer-directory.ts';

/** Turns what gossip knows of members into peers, and decides with whom this node wants a session of its own accord. */
export class MeshMembers {
  readonly #options: MeshNodeOptions;
  readonly #gossip: Gossip;
  readonly #directory: PeerDirectory;

  /** Begins to approach the servers of the configuration whose identity is not known yet. */
  constructor(options: MeshNodeOptions, gossip: Gossip, directory: PeerDirectory) {
    this.#options = options;
    this.#gossip = gossip;
    this.#directory = directory;
    for (const server of options.servers) {
      const isKnown = server.id !== null && gossip.membership.member(server.id) !== null;
      if (!isKnown && server.id !== options.id) directory.addProspect(server, options.nowMs);
    }
  }

  /** The peer for a member's number, made now where there is none; null for strangers and for this node itself. */
  peer(id: NodeId): Peer | null {
    const member = id === this.#options.id ? null : this.#gossip.membership.member(id);
    const peer = member === null ? null : this.#directory.ensure(id, member.identity);
    peer?.approach.setEndpoints(this.#endpointsOf(id));
    return peer;
  }

  /** Sees to it that there are sessions with the servers of the configuration, and with every exit where those are wanted. */
  pursue(nowMs: number): void {
    for (const { id, roles } of this.#gossip.membership.members()) {
      const isConfigured = this.#options.servers.some((server) => server.id === id);
      if (isConfigured) this.#directory.dropProspect(id);
      if (isConfigured || (this.#options.wantsExits && roles.exit)) this.peer(id)?.setWanted(true, nowMs);
    }
  }

  #endpointsOf(id: NodeId): readonly Endpoint[] {
    const configured = this.#options.servers.filter((server) => server.id === id).flatMap((server) => server.endpoints);
    const recorded = this.#gossip.table.get(id)?.addresses ?? [];
    // Where it is seen to come from is no place where it listens.
    return [...configured, ...recorded.filter(({ source }) => source !== 'observed')];
  }
}
