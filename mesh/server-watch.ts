import { MAX_NODE_ID, type NodeId, parseNodeId } from '../config/node-id.ts';
import type { Peer } from './peering/peer.ts';

/** What the watch needs of the node around it. */
export interface WatchParts {
  readonly ownId: NodeId;
  /** Whether this node is a server: nobody else watches or is watched. */
  readonly isServer: boolean;
  readonly peers: ReadonlyMap<NodeId, Peer>;
  /** Whether another node is a server. */
  readonly servesOthers: (id: NodeId) => boolean;
}

/** How often a server shows that it is there, in ms. */
const BEAT_MS = 5_000;
/** By how much a beat may be late, in ms. */
const LATE_MS = 500;

/**
 * Servers watch each other in a ring, so that the death of any is noticed within seconds however idle the mesh is: each shows
 * itself to the one before it in the order of numbers, and probes the one after it where that is silent. Those that do not
 * answer are left out, so where neighbours die together the next one is looked at at once.
 */
export class ServerWatch {
  readonly #parts: WatchParts;
  #beatAtMs = Number.POSITIVE_INFINITY;
  #lookAtMs = Number.POSITIVE_INFINITY;
  /** Who was probed last. */
  #asked: NodeId | null = null;
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** When {@link tick} is due, in ms. */
  get wakeAtMs(): number {
    return Math.min(this.#beatAtMs, this.#lookAtMs);
  }

  tick(nowMs: number): void {
    if (nowMs < this.wakeAtMs) return;
    const ring = this.#ring;
    const next = ring[0];
    const before = ring.at(-1);
    if (nowMs >= this.#beatAtMs) {
      before?.session.beat(nowMs);
      this.#beatAtMs = before === undefined ? Number.POSITIVE_INFINITY : nowMs + BEAT_MS;
    }
    if (nowMs < this.#lookAtMs) return;
    this.#lookAtMs = next === undefined ? Number.POSITIVE_INFINITY : this.#look(next, nowMs);
  }

  /** A peer came, went, stopped to answer, or is known to be a server now: somebody else may be next to this node. */
  peerChanged(nowMs: number): void {
    if (!this.#parts.isServer) return;
    this.#lookAtMs = nowMs;
    if (this.#beatAtMs === Number.POSITIVE_INFINITY) this.#beatAtMs = nowMs;
  }

  /** Probes a server that is silent for too long, once in a while; returns when to look again, in ms. */
  #look({ id, keepAlive, session }: Peer, nowMs: number): number {
    const heardAtMs = id === this.#asked ? Math.max(keepAlive.heardAtMs, this.#askedAtMs) : keepAlive.heardAtMs;
    const dueAtMs = heardAtMs + BEAT_MS + LATE_MS;
    if (nowMs < dueAtMs) return dueAtMs;
    session.probe();
    this.#asked = id;
    this.#askedAtMs = nowMs;
    return nowMs + BEAT_MS + LATE_MS;
  }

  /** The servers whose links answer, in the order of numbers from the own one on. */
  get #ring(): readonly Peer[] {
    const { ownId, peers, servesOthers } = this.#parts;
    const ring: Peer[] = [];
    for (let step = 1; step < MAX_NODE_ID; step++) {
      const id = parseNodeId(((ownId - 1 + step) % MAX_NODE_ID) + 1);
      const peer = id !== null && servesOthers(id) ? peers.get(id) : undefined;
      if (peer !== undefined && peer.session.quality !== null) ring.push(peer);
    }
    return ring;
  }
}
