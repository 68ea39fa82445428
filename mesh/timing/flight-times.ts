import type { NodeId } from '../../config/node-id.ts';
import { TICK_MS } from '../wire/mesh-time.ts';
import { type ApparentFlight, ClockDifferences } from './clock-differences.ts';
import { RelayClocks } from './relay-clocks.ts';
import { aheadMs, roundTripMs, type TimeExchange } from './time-exchange.ts';
import { CLOCK_DRIFT } from './time-exchanges.ts';
import type { WayTiming } from './way-timing.ts';

/** One way whose flight times are wanted. */
export interface TimedWay {
  readonly to: NodeId;
  /** The nearest first. */
  readonly relays: readonly NodeId[];
  readonly timing: WayTiming;
}

/** How long messages take from one node to the next, in ms; null where nothing tells. */
export interface HopFlight {
  readonly from: NodeId;
  readonly to: NodeId;
  /** Without waiting, as far as it was seen. */
  readonly leastMs: number | null;
  /** The median of the last ones. */
  readonly typicalMs: number | null;
  /** By how much both can be wrong at most; nothing but both clocks being right says that they are not. */
  readonly boundMs: number | null;
}

/** The flights there and back, in the order of the nodes that a message passes. */
export interface WayFlights {
  readonly there: readonly HopFlight[];
  readonly back: readonly HopFlight[];
}

/** When a message was where on its way, in ms, each by the clock of that node; null where a relay did not tell. */
type Waypoints = readonly (number | null)[];

/** Where clocks are read now, in ms. */
interface ReadingTime {
  /** By the clock that never steps. */
  readonly nowMs: number;
  /** How far the own wall clock is ahead of that. */
  readonly wallAheadMs: number;
}

/** By how much a flight may be wrong that relays' ticks tell, or timestamps, in ms. */
const TICK_ERROR_MS = TICK_MS / 2;
const STAMP_ERROR_MS = 1 / 8;
/** With fewer messages of its own a direction is judged by the exchanges alone. */
const ENOUGH_MESSAGES = 8;

/**
 * Flight times by hop of the ways between this node and others (PROTOCOL section 7): what the clocks on the way showed,
 * less what these are ahead of each other.
 */
export class FlightTimes {
  readonly #own: NodeId;
  readonly #time: ReadingTime;
  readonly #relayClocks: RelayClocks;
  readonly #clocks: ClockDifferences;

  /** @param ways all that are known, those that matter most first: the direct ones among them tell of clocks, too. */
  constructor(own: NodeId, ways: readonly TimedWay[], time: ReadingTime) {
    this.#own = own;
    this.#time = time;
    const direct = ways.filter(({ relays, timing }) => relays.length === 0 && timing.exchanges.all.length > 0);
    const known = new Map<NodeId, number>();
    for (const { to, timing } of ways) {
      const best = timing.exchanges.best(time.nowMs)[0];
      if (best !== undefined && !known.has(to)) known.set(to, aheadMs(best) - time.wallAheadMs);
    }
    this.#relayClocks = new RelayClocks(known);
    const flights = new Map<string, ApparentFlight>();
    for (const way of [...direct, ...ways.filter(({ relays }) => relays.length > 0)]) this.#gather(way, flights);
    this.#clocks = new ClockDifferences([...flights.values()], new Set([own, ...known.keys()]));
  }

  /** The flights of one of the ways. */
  of(way: TimedWay): WayFlights {
    const nodes = [this.#own, ...way.relays, way.to];
    const { all } = way.timing.exchanges;
    const best = way.timing.exchanges.best(this.#time.nowMs);
    const there = (exchange: TimeExchange): Waypoints => this.#there(way, exchange);
    const back = (exchange: TimeExchange): Waypoints => this.#back(way, exchange);
    const messages = this.#messages(way);
    const mostMs = best[0] === undefined ? 0 : roundTripMs(best[0]);
    const lately = messages.length >= ENOUGH_MESSAGES ? messages : all.map(back);
    return {
      there: this.#hops(nodes, best.map(there), all.map(there), mostMs),
      back: this.#hops(nodes.toReversed(), best.map(back), lately, mostMs),
    };
  }

  /** What a way tells of the clocks on it, unless a better one did. */
  #gather(way: TimedWay, flights: Map<string, ApparentFlight>): void {
    const best = way.timing.exchanges.best(this.#time.nowMs);
    const nodes = [this.#own, ...way.relays, way.to];
    const there = mean(best.map((exchange) => this.#there(way, exchange)));
    const back = mean(best.map((exchange) => this.#back(way, exchange)));
    const driftMs = (this.#time.nowMs - (best[0]?.answeredMs ?? this.#time.nowMs)) * CLOCK_DRIFT;
    const add = (first: number, last: number): void => {
      const [from, to] = [nodes[first]!, nodes[last]!];
      const thereMs = between(there, first, last);
      const backMs = between(back, nodes.length - 1 - last, nodes.length - 1 - first);
      const key = from < to ? `${from} ${to}` : `${to} ${from}`;
      if (thereMs === null || backMs === null || flights.has(key)) return;
      const errorMs = driftMs + (last - first === nodes.length - 1 ? STAMP_ERROR_MS : TICK_ERROR_MS);
      flights.set(key, { from, to, thereMs, backMs, errorMs });
    };
    for (let hop = 0; hop + 1 < nodes.length; hop++) add(hop, hop + 1);
    // Where relays don't tell when a message passed them, the way as a whole still does.
    if (there.includes(null) || back.includes(null)) add(0, nodes.length - 1);
  }

  #there({ relays }: TimedWay, exchange: TimeExchange): Waypoints {
    const aboutMs = (exchange.askedMs + exchange.answeredMs) / 2 + this.#time.wallAheadMs;
    const passed = relays.map((relay, index) =>
      this.#relayClocks.passedMs(relay, exchange.askedWallMs, exchange.ticksThere[index]!, aboutMs),
    );
    return [exchange.askedMs + this.#time.wallAheadMs, ...passed, exchange.arrivedWallMs];
  }

  #back({ relays }: TimedWay, exchange: TimeExchange): Waypoints {
    const aboutMs = (exchange.askedMs + exchange.answeredMs) / 2 + this.#time.wallAheadMs;
    return this.#passing(relays, exchange.leftWallMs, exchange.ticksBack, aboutMs, exchange.answeredMs);
  }

  /** What messages that happened to come by this way tell. */
  #messages({ relays, timing }: TimedWay): Waypoints[] {
    const best = timing.exchanges.best(this.#time.nowMs)[0];
    if (best === undefined) return [];
    return timing.messages.fresh(relays.length, this.#time.nowMs).map(({ leftWallMs, cameMs, ticks }) => {
      const aboutMs = cameMs + this.#time.wallAheadMs - roundTripMs(best) / 2;
      return this.#passing(relays, leftWallMs, ticks, aboutMs, cameMs);
    });
  }

  #passing(
    relays: readonly NodeId[],
    leftWallMs: number,
    ticks: readonly number[],
    aboutMs: number,
    cameMs: number,
  ): Waypoints {
    const passed = relays
      .toReversed()
      .map((relay, index) => this.#relayClocks.passedMs(relay, leftWallMs, ticks[index]!, aboutMs));
    return [leftWallMs, ...passed, cameMs + this.#time.wallAheadMs];
  }

  /** `mostMs`: the round trip of the whole way; who says that one hop takes longer does not tell the truth. */
  #hops(
    nodes: readonly NodeId[],
    best: readonly Waypoints[],
    lately: readonly Waypoints[],
    mostMs: number,
  ): HopFlight[] {
    const least = mean(best);
    const errorMs = nodes.length > 2 ? TICK_ERROR_MS : STAMP_ERROR_MS;
    return nodes.slice(1).map((to, hop) => {
      const from = nodes[hop]!;
      const clocks = this.#clocks.between(from, to);
      const apparentMs = between(least, hop, hop + 1);
      if (clocks === null || apparentMs === null) return unknown(from, to);
      const boundMs = Math.max(clocks.mostMs - clocks.ms, clocks.ms - clocks.leastMs) + errorMs;
      const flightMs = apparentMs - clocks.ms;
      if (flightMs < -boundMs || flightMs > mostMs + boundMs) return unknown(from, to);
      const leastMs = Math.max(0, flightMs);
      const latelyMs = lately.flatMap((waypoints) => between(waypoints, hop, hop + 1) ?? []);
      const typicalMs = Math.max(leastMs, (median(latelyMs) ?? apparentMs) - clocks.ms);
      return { from, to, leastMs, typicalMs, boundMs };
    });
  }
}

function unknown(from: NodeId, to: NodeId): HopFlight {
  return { from, to, leastMs: null, typicalMs: null, boundMs: null };
}

function between(waypoints: Waypoints, first: number, last: number): number | null {
  const [from, to] = [waypoints[first] ?? null, waypoints[last] ?? null];
  return from === null || to === null ? null : to - from;
}

/** Of several messages that took the same way, each relative to when it left; ticks are coarse, and so get finer. */
function mean(all: readonly Waypoints[]): Waypoints {
  const [first] = all;
  if (first === undefined) return [];
  const leftMs = first[0] ?? 0;
  return first.map((_, index) => {
    const told = all.flatMap((waypoints) => {
      const ms = between(waypoints, 0, index);
      return ms === null ? [] : [ms];
    });
    return told.length === 0 ? null : leftMs + told.reduce((sum, ms) => sum + ms, 0) / told.length;
  });
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
