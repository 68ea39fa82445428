import type { NodeId } from '../config/node-id.ts';
import type { FastRecord } from './gossip/fast-record.ts';
import type { Gossip } from './gossip/gossip.ts';
import type { Peer } from './peering/peer.ts';
import type { LinkQuality } from './routing/link-quality.ts';
import type { Route, RouteSource } from './routing/route-source.ts';
import { type RelayVector, RouteTable } from './routing/route-table.ts';

/** How old what is known of the own links may be, in ms. */
const REFRESH_MS = 250;

/** The ways to other nodes, by the own links and by what nodes certified as relays say of theirs. */
export class MeshRoutes implements RouteSource {
  readonly #gossip: Gossip;
  readonly #peers: ReadonlyMap<NodeId, Peer>;
  readonly #table: RouteTable;
  readonly #vectors = new WeakMap<FastRecord, RelayVector>();
  #refreshedAtMs = Number.NEGATIVE_INFINITY;

  constructor(ownId: NodeId, gossip: Gossip, peers: ReadonlyMap<NodeId, Peer>) {
    this.#gossip = gossip;
    this.#peers = peers;
    this.#table = new RouteTable(ownId);
  }

  routes(destination: NodeId, nowMs: number): readonly Route[] {
    if (nowMs - this.#refreshedAtMs >= REFRESH_MS || nowMs < this.#refreshedAtMs) this.#refresh(nowMs);
    return this.#table.routes(destination);
  }

  #refresh(nowMs: number): void {
    this.#refreshedAtMs = nowMs;
    for (const [id, { session }] of this.#peers) this.#table.setLink(id, session.quality);
    for (const id of [...this.#table.links]) if (!this.#peers.has(id)) this.#table.setLink(id, null);
    for (const record of this.#gossip.states.records()) {
      this.#table.setVector(record.id, this.#mayRelay(record.id) ? this.#vectorOf(record) : null);
    }
    for (const id of [...this.#table.vectors.keys()]) {
      if (this.#gossip.states.get(id) === null) this.#table.setVector(id, null);
    }
  }

  /** One that is about to leave is on no new way. */
  #mayRelay(id: NodeId): boolean {
    const isCertified = this.#gossip.membership.member(id)?.roles.relay === true;
    return isCertified && (this.#gossip.table.get(id)?.draining ?? null) === null;
  }

  #vectorOf(record: FastRecord): RelayVector {
    let vector = this.#vectors.get(record);
    if (vector === undefined) {
      const neighbours = new Map<NodeId, LinkQuality>(record.neighbours);
      for (const id of record.heard) neighbours.set(id, { rttMs: null, jitterMs: 0, lossShare: 0 });
      vector = { loadMs: record.loadMs, neighbours };
      this.#vectors.set(record, vector);
    }
    return vector;
  }
}
