import { MAX_NODE_ID, type NodeId } from '../../config/node-id.ts';
import { linkCostMs, type LinkQuality } from './link-quality.ts';
import type { Route, RouteSource } from './route-source.ts';

/** What a node that relays says of itself. */
export interface RelayVector {
  /** How much longer than usual it takes to do its work, in ms. */
  readonly loadMs: number;
  /** Those that it hears, and how well. */
  readonly neighbours: ReadonlyMap<NodeId, LinkQuality>;
}

/** What passing through a relay costs besides the way, in ms. */
const RELAY_COST_MS = 4;
/** As many ways over relays to a node are told: with two relays of which one is cut off from each end, the last is the one. */
const MAX_ROUTES = 4;
/** A link whose cost changes by less than this share, and by less than that many ms, is the same as before. */
const SAME_SHARE = 0.02;
const SAME_MS = 0.5;
const NUMBERS = MAX_NODE_ID + 1;
/** No relay where there could be one; no node has this number. */
const NONE = 0;

/** A way by its relays; {@link NONE} in the place of one that is not needed, the first before the second. */
type IsAllowed = (first: number, second: number) => boolean;

/**
 * The ways to other nodes over at most two relays, from the own links and from what relays say of theirs: Bellman and
 * Ford's algorithm, cut off after three links. Computed for a destination when it is asked for, and kept until something
 * changes. Bounded by the 254 numbers. The wiring decides who may relay, and who is alive.
 */
export class RouteTable implements RouteSource {
  readonly #ownId: NodeId;
  /** The cost of the own links, and of those between a relay (row) and others, in ms; Infinity where there is none. */
  readonly #linkMs = new Float64Array(NUMBERS).fill(Number.POSITIVE_INFINITY);
  readonly #hopMs = new Float64Array(NUMBERS * NUMBERS).fill(Number.POSITIVE_INFINITY);
  readonly #vectors = new Map<NodeId, RelayVector>();
  readonly #links = new Set<NodeId>();
  readonly #cache = new Map<NodeId, readonly Route[]>();
  /** Relays with an own link, those that cost least to get through first, and what that is. */
  #firstRelays: readonly { readonly id: NodeId; readonly costMs: number }[] | null = null;

  constructor(ownId: NodeId) {
    this.#ownId = ownId;
  }

  /** Says what the own link to a node is like; null where there is none that answers. */
  setLink(id: NodeId, quality: LinkQuality | null): void {
    const beforeMs = this.#linkMs[id]!;
    const costMs = quality === null || id === this.#ownId ? Number.POSITIVE_INFINITY : linkCostMs(quality);
    if (costMs === beforeMs || Math.abs(costMs - beforeMs) < Math.max(SAME_MS, beforeMs * SAME_SHARE)) return;
    this.#linkMs[id] = costMs;
    if (costMs === Number.POSITIVE_INFINITY) this.#links.delete(id);
    else this.#links.add(id);
    this.#changed();
  }

  /** The nodes with an own link that answers. */
  get links(): ReadonlySet<NodeId> {
    return this.#links;
  }

  /** The nodes that may relay, and what they said last; not to be changed. */
  get vectors(): ReadonlyMap<NodeId, RelayVector> {
    return this.#vectors;
  }

  /** Says what a node that may relay hears; null where it may not, or is gone. The same object as before changes nothing. */
  setVector(id: NodeId, vector: RelayVector | null): void {
    if (id === this.#ownId || (this.#vectors.get(id) ?? null) === vector) return;
    const row = id * NUMBERS;
    this.#hopMs.fill(Number.POSITIVE_INFINITY, row, row + NUMBERS);
    if (vector === null) {
      this.#vectors.delete(id);
    } else {
      this.#vectors.set(id, vector);
      for (const [other, quality] of vector.neighbours) this.#hopMs[row + other] = linkCostMs(quality);
    }
    this.#changed();
  }

  routes(destination: NodeId): readonly Route[] {
    let routes = this.#cache.get(destination);
    if (routes === undefined) {
      routes = destination === this.#ownId ? [] : this.#compute(destination);
      this.#cache.set(destination, routes);
    }
    return routes;
  }

  #changed(): void {
    this.#cache.clear();
    this.#firstRelays = null;
  }

  #compute(destination: NodeId): readonly Route[] {
    const routes: Route[] = [];
    const used = new Set<number>();
    const isDisjoint: IsAllowed = (first, second) => !used.has(first) && !used.has(second);
    const taken = new Set<number>();
    const isOther: IsAllowed = (first, second) => !taken.has(first * NUMBERS + second);
    // Ways that share no relay first: where one relay dies the next way goes on.
    for (const isAllowed of [isDisjoint, isOther]) {
      for (let route = this.#best(destination, isAllowed); route !== null && routes.length < MAX_ROUTES;) {
        routes.push(route);
        for (const relay of route.relays) used.add(relay);
        taken.add((route.relays[0] ?? NONE) * NUMBERS + (route.relays[1] ?? NONE));
        route = this.#best(destination, isAllowed);
      }
    }
    const directMs = this.#linkMs[destination]!;
    if (directMs < Number.POSITIVE_INFINITY) routes.unshift({ relays: [], costMs: directMs });
    return routes.sort((a, b) => a.costMs - b.costMs);
  }

  /** The cheapest allowed way over one or two relays, or null. */
  #best(destination: NodeId, isAllowed: IsAllowed): Route | null {
    const firstRelays = this.#relaysByCost();
    let bestMs = Number.POSITIVE_INFINITY;
    let relays: readonly NodeId[] = [];
    for (const { id, costMs } of firstRelays) {
      if (id === destination || !isAllowed(id, NONE)) continue;
      const totalMs = costMs + this.#hopMs[id * NUMBERS + destination]!;
      if (totalMs >= bestMs) continue;
      bestMs = totalMs;
      relays = [id];
    }
    for (const [last, { loadMs }] of this.#vectors) {
      const tailMs = this.#hopMs[last * NUMBERS + destination]! + loadMs + RELAY_COST_MS;
      if (last === destination || tailMs >= bestMs) continue;
      for (const { id, costMs } of firstRelays) {
        if (costMs + tailMs >= bestMs) break;
        if (id === destination || id === last || !isAllowed(id, last)) continue;
        const totalMs = costMs + this.#hopMs[id * NUMBERS + last]! + tailMs;
        if (totalMs >= bestMs) continue;
        bestMs = totalMs;
        relays = [id, last];
      }
    }
    return bestMs === Number.POSITIVE_INFINITY ? null : { relays, costMs: bestMs };
  }

  #relaysByCost(): readonly { readonly id: NodeId; readonly costMs: number }[] {
    this.#firstRelays ??= [...this.#vectors]
      .map(([id, { loadMs }]) => ({ id, costMs: this.#linkMs[id]! + loadMs + RELAY_COST_MS }))
      .filter(({ costMs }) => costMs < Number.POSITIVE_INFINITY)
      .sort((a, b) => a.costMs - b.costMs);
    return this.#firstRelays;
  }
}
