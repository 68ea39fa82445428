import type { NodeId } from '../config/node-id.ts';
import { Allowance } from './gossip/allowance.ts';
import type { FastRecord, NodeState } from './gossip/fast-record.ts';
import { heardNodes } from './gossip/heard-nodes.ts';
import { OwnState } from './gossip/own-state.ts';
import type { Peer } from './peering/peer.ts';
import type { LinkQuality } from './routing/link-quality.ts';

/** What the exchange of states needs of the node around it. */
export interface StateParts {
  /** Whether others can reach this node. */
  readonly isServer: boolean;
  /** Whether it is certified as a relay. */
  readonly isRelay: boolean;
  /** Whether this node is certified for others to go through it. */
  readonly servesTraffic: () => boolean;
  readonly peers: ReadonlyMap<NodeId, Peer>;
  /** The peer with that number, told where it can be reached; null where there is none. */
  readonly locate: (id: NodeId) => Peer | null;
  /** Whether ways lead through or to that node: a server, an exit or a relay. */
  readonly isOnRoutes: (id: NodeId) => boolean;
  /** What another node said last of its state, or null. */
  readonly stateOf: (id: NodeId) => FastRecord | null;
  /** Who says that it is there by wanting changes from this node. */
  readonly subscribers: () => ReadonlySet<NodeId>;
  readonly publish: (state: NodeState, nowMs: number) => void;
  /** Tells those who tell others, or whom nobody else may tell, that these stopped answering. */
  readonly tellLost: (ids: readonly NodeId[]) => void;
}

/** How often a state may be told in the long run, in ms: by servers and relays, and by exits without an address. */
const SERVER_INTERVAL_MS = 30_000;
const OTHER_INTERVAL_MS = 600_000;
/** How long after something happened it is looked what has changed, in ms: what happens at once is told at once. */
const GATHERING_MS = 500;
/** Who was not heard for this long is not there, in ms. */
const SILENCE_MS = 90_000;
/**
 * A peer that another one lost is not probed where it was heard this lately, nor again within the time after, in ms: longer
 * each time for one that was there all the same, until it was left alone for a while.
 */
const HEARD_LATELY_MS = 2_000;
const DOUBT_INTERVAL_MS = 10_000;
const LONGEST_DOUBT_INTERVAL_MS = 300_000;
const NO_DOUBTS_MS = 600_000;
/** So many are probed at once because of one node's word, and then one in so many ms: it may say what is not true. */
const DOUBTS = 16;
const TELLER_INTERVAL_MS = 300_000;
/** How often a way is looked for to one that others hear, in ms, where none is known. */
const NO_WAY_INTERVAL_MS = 10_000;
/** A peer that another one hears is not dialled for that reason more often than this, in ms. */
const HOPE_INTERVAL_MS = 60_000;

/** Timers are that coarse on an idle machine, in ms. */
const TIMER_MS = 2;
/** What one timer that is late counts for. */
const LOAD_GAIN = 1 / 16;

/** Tells others which links of this node answer, and looks at its own where others lost or found somebody (PROTOCOL section 5). */
export class StateExchange {
  readonly #parts: StateParts;
  readonly #own: OwnState;
  readonly #intervalMs: number;
  readonly #doubts = new Map<NodeId, { readonly atMs: number; readonly pauseMs: number }>();
  readonly #tellers = new Map<NodeId, Allowance>();
  /** Those that others have found since it was looked last. */
  readonly #found = new Set<NodeId>();
  readonly #hopedAtMs = new Map<NodeId, number>();
  /** Those whose links answered when it was looked last. */
  #answering: ReadonlySet<NodeId> = new Set();
  #lookAtMs = Number.POSITIVE_INFINITY;
  #loadMs = 0;

  constructor(parts: StateParts) {
    this.#parts = parts;
    this.#intervalMs = parts.isServer || parts.isRelay ? SERVER_INTERVAL_MS : OTHER_INTERVAL_MS;
    this.#own = new OwnState(this.#intervalMs);
  }

  /** When {@link tick} is due, in ms. */
  get wakeAtMs(): number {
    return this.#lookAtMs;
  }

  tick(nowMs: number): void {
    if (nowMs < this.#lookAtMs) return;
    this.#lookAtMs = Number.POSITIVE_INFINITY;
    const state = this.#state(nowMs);
    const lost = [...this.#answering].filter((id) => !state.neighbours.has(id));
    this.#answering = new Set(state.neighbours.keys());
    if (this.#isTold) this.#tell(state, nowMs);
    if (lost.length > 0) this.#parts.tellLost(lost);
    this.#judgeHopes(nowMs);
  }

  /** This node got to do its work so much later than it wanted, in ms. */
  wasLate(lateMs: number): void {
    this.#loadMs += (Math.max(0, lateMs - TIMER_MS) - this.#loadMs) * LOAD_GAIN;
  }

  /** A peer came, went, or stopped to answer. */
  peerChanged(nowMs: number): void {
    this.#lookAtMs = Math.min(this.#lookAtMs, nowMs + GATHERING_MS);
  }

  /** Another node lost these: what is known of them here may be just as old. Of those that no way leads over nobody says so. */
  lostElsewhere(teller: NodeId, ids: readonly NodeId[], nowMs: number): void {
    const allowance = this.#tellers.get(teller) ?? new Allowance(DOUBTS, TELLER_INTERVAL_MS);
    this.#tellers.set(teller, allowance);
    for (const id of ids) {
      const peer = this.#parts.isOnRoutes(id) ? this.#parts.peers.get(id) : undefined;
      if (peer?.isUp !== true || nowMs - peer.keepAlive.heardAtMs < HEARD_LATELY_MS) continue;
      const last = this.#doubts.get(id) ?? { atMs: Number.NEGATIVE_INFINITY, pauseMs: 0 };
      if (!allowance.has(nowMs) || nowMs - last.atMs < last.pauseMs) continue;
      allowance.take(1, nowMs);
      const wasThere = nowMs - last.atMs < NO_DOUBTS_MS && peer.keepAlive.heardAtMs > last.atMs;
      const pauseMs = wasThere ? Math.min(2 * last.pauseMs, LONGEST_DOUBT_INTERVAL_MS) : DOUBT_INTERVAL_MS;
      this.#doubts.set(id, { atMs: nowMs, pauseMs });
      peer.probe(nowMs);
    }
  }

  /** Another node hears these: who waits before it tries again need not. */
  foundElsewhere(ids: readonly NodeId[], nowMs: number): void {
    for (const id of ids) {
      const peer = this.#parts.locate(id);
      if (peer?.isWanted !== true || (peer.isUp && !peer.session.isSuspect)) continue;
      peer.ways.approach.isHopeless = false;
      if (!peer.isUp) this.peerChanged(nowMs);
      if (isEarly(this.#hopedAtMs, id, nowMs, HOPE_INTERVAL_MS)) continue;
      if (peer.isUp) peer.probe(nowMs);
      else {
        // Ways over relays are known a little later.
        this.#found.add(id);
        peer.ways.approach.start(nowMs);
      }
    }
  }

  /**
   * Who is away may be tried rarely where nobody hears it, and others would tell. Who could not be tried at all, because no
   * way was known, is where one is again; who was found elsewhere is by what is known now.
   */
  #judgeHopes(nowMs: number): void {
    const heard = this.#heard;
    const isAlone = this.#answering.size === 0;
    for (const { id, isUp, isWanted, ways } of this.#parts.peers.values()) {
      const { approach } = ways;
      if (isUp) continue;
      approach.isHopeless = !isAlone && !heard.has(id);
      if (!isWanted || !heard.has(id) || (approach.isActive && !this.#found.has(id))) continue;
      approach.start(nowMs);
      approach.detourAgain(nowMs);
      if (!approach.isActive) this.#lookAtMs = Math.min(this.#lookAtMs, nowMs + NO_WAY_INTERVAL_MS);
    }
    this.#found.clear();
  }

  get #heard(): ReadonlySet<NodeId> {
    const own = [...this.#parts.peers.values()].filter(({ session }) => session.quality !== null).map(({ id }) => id);
    return heardNodes(own, this.#parts.stateOf);
  }

  /** Whether others are told: of the state of a node that nobody goes through nobody needs to know. */
  get #isTold(): boolean {
    return this.#parts.isServer || this.#parts.servesTraffic();
  }

  #tell(state: NodeState, nowMs: number): void {
    const dueAtMs = this.#own.dueAtMs(state, nowMs);
    this.#lookAtMs = Math.min(dueAtMs > nowMs ? dueAtMs : Number.POSITIVE_INFINITY, nowMs + this.#intervalMs);
    if (dueAtMs > nowMs) return;
    this.#own.said(state, nowMs);
    this.#parts.publish(state, nowMs);
  }

  #state(nowMs: number): NodeState {
    const { peers, isOnRoutes, subscribers } = this.#parts;
    const neighbours = new Map<NodeId, LinkQuality>();
    const heard = new Set<NodeId>();
    for (const [id, { session, keepAlive }] of peers) {
      const { quality } = session;
      if (quality !== null && isOnRoutes(id)) neighbours.set(id, quality);
      else if (subscribers().has(id) && nowMs - keepAlive.heardAtMs < SILENCE_MS) heard.add(id);
    }
    return { loadMs: this.#loadMs, neighbours, heard };
  }
}

/** True where it happened less than that long ago; else it happens now. */
function isEarly(times: Map<NodeId, number>, id: NodeId, nowMs: number, intervalMs: number): boolean {
  if (nowMs - (times.get(id) ?? Number.NEGATIVE_INFINITY) < intervalMs) return true;
  times.set(id, nowMs);
  return false;
}
