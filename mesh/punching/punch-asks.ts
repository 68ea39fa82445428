import type { NodeId } from '../../config/node-id.ts';

/** The same node is asked for again after this, in ms, doubling. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 600_000;
/** What others say of a node ends such a pause no more often than this, in ms. */
const FOUND_INTERVAL_MS = 60_000;
/** So many servers are asked at a time. */
const SERVERS_ASKED = 2;
/** What they say counts for so long, in ms. */
const ANSWERS_MS = 10_000;

/** When a node was asked for last, whom, and how often since it could be reached. */
interface Asked {
  readonly atMs: number;
  readonly times: number;
  readonly servers: readonly NodeId[];
}

/** Which nodes servers were asked for, and when they may be asked again. */
export class PunchAsks {
  readonly #asked = new Map<NodeId, Asked>();
  /** When there was last nobody to ask for a node: that is found out seldom, since it takes a look at all peers. */
  readonly #vainAtMs = new Map<NodeId, number>();
  /** When pauses were last ended because others found a node. */
  readonly #foundAtMs = new Map<NodeId, number>();

  /** Whether a node may be asked for now. */
  isDue(id: NodeId, nowMs: number): boolean {
    const { atMs, times } = this.#asked.get(id) ?? { atMs: Number.NEGATIVE_INFINITY, times: 0 };
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(times - 1, 20));
    return nowMs - Math.max(atMs, this.#vainAtMs.get(id) ?? atMs) >= pauseMs;
  }

  /** There was nobody to ask. */
  inVain(id: NodeId, nowMs: number): void {
    this.#vainAtMs.set(id, nowMs);
  }

  /** Asks for a node now; returns whom, of all who may be asked, others each time. */
  begin<S extends { readonly id: NodeId }>(id: NodeId, all: readonly S[], nowMs: number): readonly S[] {
    const times = this.#asked.get(id)?.times ?? 0;
    const count = Math.min(SERVERS_ASKED, all.length);
    const servers = Array.from({ length: count }, (_, index) => all[(times * SERVERS_ASKED + index) % all.length]!);
    this.#asked.set(id, { atMs: nowMs, times: times + 1, servers: servers.map((server) => server.id) });
    return servers;
  }

  /** Whether this server was asked for this node lately. */
  has(server: NodeId, id: NodeId, nowMs: number): boolean {
    const asked = this.#asked.get(id);
    return asked !== undefined && asked.servers.includes(server) && nowMs - asked.atMs <= ANSWERS_MS;
  }

  /** Something came from the node: asking for it again need not pause. */
  answered(id: NodeId): void {
    this.#asked.delete(id);
  }

  /** Others hear this node again, so that asking for it need not pause any longer. */
  found(id: NodeId, nowMs: number): void {
    if (nowMs - (this.#foundAtMs.get(id) ?? Number.NEGATIVE_INFINITY) < FOUND_INTERVAL_MS) return;
    this.#foundAtMs.set(id, nowMs);
    const asked = this.#asked.get(id);
    if (asked !== undefined) this.#asked.set(id, { ...asked, times: 0 });
    this.#vainAtMs.delete(id);
  }

  /** What failed before may work now. */
  clear(): void {
    this.#asked.clear();
    this.#vainAtMs.clear();
  }
}
