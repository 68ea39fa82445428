import type { NodeId } from '../../config/node-id.ts';

/** As many servers send a node changes as they come. With one more than needed, one may die unnoticed. */
const FEEDS = 2;

/** Which servers should send changes to a node that is none: few of those it has sessions with, not the same for everybody. */
export class ChangeFeeds {
  readonly #ownId: NodeId;
  readonly #candidates = new Set<NodeId>();

  constructor(ownId: NodeId) {
    this.#ownId = ownId;
  }

  /** There is a session with this server. */
  add(server: NodeId): void {
    this.#candidates.add(server);
  }

  /** The session is gone. */
  remove(server: NodeId): void {
    this.#candidates.delete(server);
  }

  /** The servers that should, in the order of preference. */
  get chosen(): readonly NodeId[] {
    return [...this.#candidates].sort((a, b) => this.#rank(a) - this.#rank(b) || a - b).slice(0, FEEDS);
  }

  /** Mixes both numbers, so that every server is preferred by a like share of the nodes. */
  #rank(server: NodeId): number {
    const mixed = Math.imul(this.#ownId * 256 + server, 0x9e37_79b1);
    return Math.imul(mixed ^ (mixed >>> 15), 0x85eb_ca6b) >>> 0;
  }
}
