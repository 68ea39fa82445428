import type { NodeId } from '../../config/node-id.ts';

/** How long messages between two nodes took at least, as their clocks show it: flight plus the difference of the clocks, in ms. */
export interface ApparentFlight {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly thereMs: number;
  readonly backMs: number;
  /** By how much each may be wrong, because ticks are coarse. */
  readonly errorMs: number;
}

/** How far a clock is ahead of another, in ms, and between what it lies for certain. */
export interface ClockDifference {
  readonly ms: number;
  readonly leastMs: number;
  readonly mostMs: number;
}

/** More nodes than that are not compared at once: the search goes through all their subsets. */
export const MAX_COMPARED = 8;
/** Two clocks that may agree are taken to, as if an exchange of this round trip had shown it, in ms. */
const AGREEMENT_RTT_MS = 8;
/** A link's round trip counts as this long at least, in ms. */
const LEAST_RTT_MS = 0.5;
/** How much uneven asymmetries cost more than even ones, so that what nothing decides is shared. */
const EVENNESS = 0.1;
const MAX_SWEEPS = 50;
const SMALL_MS = 1e-4;

interface Tie {
  readonly a: number;
  readonly b: number;
  /** What clock b would be ahead of clock a, were the link as long there as back. */
  readonly midMs: number;
  readonly halfRttMs: number;
}

/**
 * How far the clocks of some nodes are ahead of each other. Flights show that only up to one unknown per node: what one
 * clock is ahead more makes all flights to it as much shorter as those from it longer. Certain is that none is negative,
 * on any way (Attiya, Herzberg and Rajsbaum, 1996). Within that the estimate is the one that needs the least asymmetry,
 * each link's counted in its round trips; clocks that may agree count as a short, even link (PROTOCOL section 7).
 */
export class ClockDifferences {
  readonly #nodes: readonly NodeId[];
  /** What clock b can be ahead of clock a at most, by a * count + b. */
  readonly #mostMs: Float64Array;
  readonly #ties: Tie[] = [];
  readonly #aheadMs: Float64Array;

  /** @param telling the nodes whose wall clocks are known in full, and might agree. */
  constructor(flights: readonly ApparentFlight[], telling: ReadonlySet<NodeId>) {
    const ids = new Set(flights.flatMap(({ from, to }) => [from, to]));
    this.#nodes = [...ids].slice(0, MAX_COMPARED);
    const count = this.#nodes.length;
    this.#mostMs = new Float64Array(count * count).fill(Number.POSITIVE_INFINITY);
    for (let node = 0; node < count; node++) this.#mostMs[node * count + node] = 0;
    const byRtt = flights.toSorted((a, b) => a.thereMs + a.backMs - b.thereMs - b.backMs);
    for (const flight of byRtt) this.#tie(flight);
    this.#agree(telling);
    this.#aheadMs = new Float64Array(count);
    this.#begin();
    this.#search();
  }

  /** How far `to`'s clock is ahead of `from`'s; null where nothing ties them to each other. */
  between(from: NodeId, to: NodeId): ClockDifference | null {
    const [a, b] = [this.#nodes.indexOf(from), this.#nodes.indexOf(to)];
    if (a < 0 || b < 0) return null;
    const [mostMs, leastMs] = [this.#most(a, b), -this.#most(b, a)];
    if (mostMs === Number.POSITIVE_INFINITY) return null;
    return { ms: this.#aheadMs[b]! - this.#aheadMs[a]!, leastMs, mostMs };
  }

  #most(a: number, b: number): number {
    return this.#mostMs[a * this.#nodes.length + b]!;
  }

  /** Notes what a link shows, unless shorter ones show that it can't be: a clock was set meanwhile, or somebody lies. */
  #tie({ from, to, thereMs, backMs, errorMs }: ApparentFlight): void {
    const [a, b] = [this.#nodes.indexOf(from), this.#nodes.indexOf(to)];
    if (a < 0 || b < 0 || a === b) return;
    const [there, back] = [thereMs + errorMs, backMs + errorMs];
    if (!(there + back >= 0 && there + this.#most(b, a) >= 0 && back + this.#most(a, b) >= 0)) return;
    this.#bound(a, b, there);
    this.#bound(b, a, back);
    const halfRttMs = Math.max(LEAST_RTT_MS, thereMs + backMs) / 2;
    this.#ties.push({ a, b, midMs: (thereMs - backMs) / 2, halfRttMs });
  }

  /** Clock b is ahead of clock a by no more than that, and what follows from it for the others. */
  #bound(a: number, b: number, ms: number): void {
    const count = this.#nodes.length;
    if (ms >= this.#most(a, b)) return;
    for (let from = 0; from < count; from++) {
      for (let to = 0; to < count; to++) {
        const aroundMs = this.#most(from, a) + ms + this.#most(b, to);
        if (aroundMs < this.#most(from, to)) this.#mostMs[from * count + to] = aroundMs;
      }
    }
  }

  #agree(telling: ReadonlySet<NodeId>): void {
    for (const [a, first] of this.#nodes.entries()) {
      for (const [b, second] of this.#nodes.entries()) {
        if (b <= a || !telling.has(first) || !telling.has(second)) continue;
        const mayAgree = this.#most(a, b) >= 0 && this.#most(b, a) >= 0;
        if (!mayAgree || this.#most(a, b) === Number.POSITIVE_INFINITY) continue;
        this.#ties.push({ a, b, midMs: 0, halfRttMs: AGREEMENT_RTT_MS / 2 });
      }
    }
  }

  /** Begins in the middle of what is certain, seen from the first of those that are tied to each other. */
  #begin(): void {
    for (let node = 0; node < this.#nodes.length; node++) {
      const first = this.#nodes.findIndex((_, other) => this.#most(other, node) < Number.POSITIVE_INFINITY);
      this.#aheadMs[node] = (this.#most(first, node) - this.#most(node, first)) / 2;
    }
  }

  /**
   * Moves groups of clocks against the others while that lessens the asymmetry. A sum of convex functions of differences
   * has no other minimum than one that no such move betters (Murota, Discrete Convex Analysis, 2003).
   */
  #search(): void {
    const groups = 2 ** Math.max(0, this.#nodes.length - 1);
    for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      let movedMs = 0;
      for (let group = 1; group < groups; group++) movedMs = Math.max(movedMs, Math.abs(this.#move(group << 1)));
      if (movedMs < SMALL_MS) return;
    }
  }

  /** Moves the clocks whose bits are set by what is best for the ties that this stretches; returns how far, in ms. */
  #move(group: number): number {
    let lowMs = Number.NEGATIVE_INFINITY;
    let highMs = Number.POSITIVE_INFINITY;
    const across: { readonly asymmetryMs: number; readonly halfRttMs: number }[] = [];
    for (const { a, b, midMs, halfRttMs } of this.#ties) {
      const direction = ((group >> b) & 1) - ((group >> a) & 1);
      if (direction === 0) continue;
      const asymmetryMs = this.#aheadMs[b]! - this.#aheadMs[a]! - midMs;
      across.push({ asymmetryMs: direction * asymmetryMs, halfRttMs });
    }
    for (let inside = 0; inside < this.#nodes.length; inside++) {
      for (let outside = 0; outside < this.#nodes.length; outside++) {
        if (((group >> inside) & 1) === 0 || ((group >> outside) & 1) === 1) continue;
        const aheadMs = this.#aheadMs[inside]! - this.#aheadMs[outside]!;
        highMs = Math.min(highMs, this.#most(outside, inside) - aheadMs);
        lowMs = Math.max(lowMs, -this.#most(inside, outside) - aheadMs);
      }
    }
    if (across.length === 0 || !(lowMs < highMs) || !Number.isFinite(lowMs) || !Number.isFinite(highMs)) return 0;
    const slope = (ms: number): number => {
      let sum = 0;
      for (const { asymmetryMs, halfRttMs } of across) {
        const share = (asymmetryMs + ms) / halfRttMs;
        sum += (Math.sign(share) + EVENNESS * share) / halfRttMs;
      }
      return sum;
    };
    while (highMs - lowMs > SMALL_MS / 10) {
      const middleMs = (lowMs + highMs) / 2;
      if (middleMs <= lowMs || middleMs >= highMs) break;
      if (slope(middleMs) > 0) highMs = middleMs;
      else lowMs = middleMs;
    }
    const ms = (lowMs + highMs) / 2;
    for (let node = 0; node < this.#nodes.length; node++) if (((group >> node) & 1) === 1) this.#aheadMs[node]! += ms;
    return ms;
  }
}
