import type { NodeId } from '../../config/node-id.ts';
import type { RefusalReason } from '../../mesh/session/stream-codes.ts';
import type { Destination } from '../../mesh/session/target.ts';

/** Exits that connect to a site for one decision. */
const MAX_RACERS = 3;
/** Without any answer after this, the first that comes wins; in ms. */
const DEADLINE_MS = 3_000;
/** A second guess that is worse than the first by more than this gives its place to the nearest exit, in ms. */
const SURE_MS = 5;
/** How long the exit that is asked where the site is may take beyond its round trip, in ms: a look-up takes less, or hangs. */
const LOCATE_MS = 150;
/** What an exit's look-up may take, in ms: an answer is waited for by so much longer than the way that would be better. */
const LOOKUP_MS = 20;
/** Exits whose ways differ by less than a tenth and 5 ms are as good as each other. */
const WORTH_SHARE = 0.1;
const WORTH_MS = 5;

/** An exit that could be chosen. */
export interface Racer {
  readonly exit: NodeId;
  /** The round trip to it, in ms. */
  readonly rttMs: number;
}

/** What is to be done. Nothing follows `won` or `lost`. */
export type RaceAction =
  /** Open the site's target at this exit, and send nothing. */
  | { readonly type: 'open'; readonly exit: NodeId }
  /** Ask this exit where the target is. */
  | { readonly type: 'locate'; readonly exit: NodeId }
  | { readonly type: 'won'; readonly exit: NodeId }
  /** Nobody could connect; of several reasons the one that says most. */
  | { readonly type: 'lost'; readonly reason: RefusalReason };

/** What a race begins with. */
export interface ExitRaceOptions {
  /** All that may be chosen, at least one. */
  readonly racers: readonly Racer[];
  /** What an exit is expected to take to a place, in ms, the round trip to it included; null: nobody knows where it is. */
  readonly priorMs: (exit: NodeId, destination: Destination | null) => number;
  /** Where the site was when it was last seen, or null. */
  readonly destination: Destination | null;
  /** Up to three exits: all at once. More: the nearest, and the best two for where it says that the site is. */
  readonly startedMs: number;
}

/** From telling to vague. */
const TELLING: readonly RefusalReason[] = [
  'connection-refused',
  'no-such-host',
  'not-allowed',
  'timed-out',
  'host-unreachable',
  'network-unreachable',
  'overloaded',
  'not-an-exit',
  'failed',
];

type Entrant = Racer & { readonly sinceMs: number; connectMs: number | null; isOut: boolean };

/**
 * One decision by trial: up to three exits connect to the site at the same time, and the one whose round trip plus time to
 * connect is the lowest wins. Nothing is sent on any of the connections before, so the winner's is simply used.
 *
 * Reads no clock: call {@link ExitRace.tick} when {@link ExitRace.wakeAtMs} has come.
 */
export class ExitRace {
  readonly #options: ExitRaceOptions;
  readonly #entrants: Entrant[] = [];
  #locateUntilMs: number | null = null;
  #reason: RefusalReason = 'failed';
  #isOver = false;

  constructor(options: ExitRaceOptions) {
    this.#options = options;
  }

  /** To be called once, at first. */
  start(): readonly RaceAction[] {
    const { racers, destination, startedMs } = this.#options;
    const [nearest] = racers.toSorted(byRtt);
    if (nearest === undefined) return this.#end({ type: 'lost', reason: 'failed' });
    const first = this.#enter(nearest, startedMs);
    if (racers.length <= MAX_RACERS || destination !== null) return [first, ...this.#enterBest(destination, startedMs)];
    this.#locateUntilMs = startedMs + nearest.rttMs + LOCATE_MS;
    return [first, { type: 'locate', exit: nearest.exit }];
  }

  /** When to call `tick`, or null. */
  get wakeAtMs(): number | null {
    if (this.#isOver) return null;
    const best = this.#best();
    const waits = best === null ? [] : this.#hopefuls(best).map((hopeful) => this.#untilMs(hopeful, best));
    const times = waits.length === 0 ? [] : [Math.max(...waits)];
    if (this.#locateUntilMs !== null) times.push(this.#locateUntilMs);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Where the site is, as the exit that was asked says; null where it can't. */
  located(destination: Destination | null, nowMs: number): readonly RaceAction[] {
    if (this.#isOver || this.#locateUntilMs === null) return [];
    this.#locateUntilMs = null;
    return [...this.#enterBest(destination, nowMs), ...this.#judge(nowMs)];
  }

  /** The exit connected, which took it `connectMs`. */
  opened(exit: NodeId, connectMs: number, destination: Destination | null, nowMs: number): readonly RaceAction[] {
    const entrant = this.#running(exit);
    if (entrant === undefined) return [];
    entrant.connectMs = connectMs;
    // An answer says where the site is, too.
    const located = this.#locateUntilMs === null || destination === null ? [] : this.located(destination, nowMs);
    return [...located, ...this.#judge(nowMs)];
  }

  /** The exit could not connect, or the connection is gone again. */
  failed(exit: NodeId, reason: RefusalReason, nowMs: number): readonly RaceAction[] {
    const entrant = this.#entrants.find((one) => one.exit === exit && !one.isOut);
    if (this.#isOver || entrant === undefined) return [];
    entrant.isOut = true;
    if (TELLING.indexOf(reason) < TELLING.indexOf(this.#reason)) this.#reason = reason;
    const isWaitingForPlace = this.#locateUntilMs !== null && this.#entrants.every(({ isOut }) => isOut);
    return isWaitingForPlace ? this.located(null, nowMs) : this.#judge(nowMs);
  }

  tick(nowMs: number): readonly RaceAction[] {
    if (this.#isOver) return [];
    if (this.#locateUntilMs !== null && this.#locateUntilMs <= nowMs) return this.located(null, nowMs);
    return this.#judge(nowMs);
  }

  #judge(nowMs: number): readonly RaceAction[] {
    if (this.#isOver) return [];
    const best = this.#best();
    const running = this.#entrants.filter(({ connectMs, isOut }) => connectMs === null && !isOut);
    if (best === null) {
      const isLost = running.length === 0 && this.#locateUntilMs === null;
      return isLost ? this.#end({ type: 'lost', reason: this.#reason }) : [];
    }
    const isWorthWaiting =
      nowMs < this.#options.startedMs + DEADLINE_MS &&
      ((this.#locateUntilMs !== null && this.#others(best).length > 0) ||
        this.#hopefuls(best).some((hopeful) => nowMs < this.#untilMs(hopeful, best)));
    return isWorthWaiting ? [] : this.#end({ type: 'won', exit: best.exit });
  }

  /** Those whose answer is out and could be better by enough. Whoever is farther away than that can't be. */
  #hopefuls(best: Entrant): Entrant[] {
    return this.#entrants.filter(
      ({ connectMs, isOut, rttMs }) => connectMs === null && !isOut && rttMs < worthMs(best),
    );
  }

  /** From when on the answer that did not come can't be one that is better by enough. */
  #untilMs({ sinceMs }: Entrant, best: Entrant): number {
    return Math.min(sinceMs + worthMs(best) + LOOKUP_MS, this.#options.startedMs + DEADLINE_MS);
  }

  /** Those not in the race that could be better by enough. */
  #others(best: Entrant | null): Racer[] {
    const limitMs = best === null ? Infinity : worthMs(best);
    return this.#options.racers.filter(
      ({ exit, rttMs }) => rttMs < limitMs && !this.#entrants.some((entrant) => entrant.exit === exit),
    );
  }

  #best(): Entrant | null {
    let best: Entrant | null = null;
    for (const entrant of this.#entrants) {
      if (entrant.connectMs === null || entrant.isOut) continue;
      if (best === null || costMs(entrant) < costMs(best)) best = entrant;
    }
    return best;
  }

  /** Fills the race up with the best by prior, those left out that can't beat what was found already. */
  #enterBest(destination: Destination | null, nowMs: number): RaceAction[] {
    const { priorMs } = this.#options;
    const others = this.#others(this.#best());
    const priors = new Map(others.map(({ exit }) => [exit, priorMs(exit, destination)]));
    others.sort((a, b) => priors.get(a.exit)! - priors.get(b.exit)! || byRtt(a, b));
    const chosen = others.slice(0, MAX_RACERS - this.#entrants.length);
    // One place is kept for the nearest by what is measured: where databases are wrong, or answers depend on who asks,
    // positions point all of the race to the wrong side.
    if (destination !== null && chosen.length === 2) {
      const [nearest] = others.filter(({ exit }) => exit !== chosen[0]!.exit).toSorted(byRtt);
      const guess = priors.get(chosen[1]!.exit)! - priors.get(chosen[0]!.exit)!;
      if (nearest !== undefined && guess > SURE_MS) chosen[1] = nearest;
    }
    return chosen.map((racer) => this.#enter(racer, nowMs));
  }

  #enter(racer: Racer, nowMs: number): RaceAction {
    this.#entrants.push({ ...racer, sinceMs: nowMs, connectMs: null, isOut: false });
    return { type: 'open', exit: racer.exit };
  }

  #running(exit: NodeId): Entrant | undefined {
    if (this.#isOver) return undefined;
    return this.#entrants.find((entrant) => entrant.exit === exit && entrant.connectMs === null && !entrant.isOut);
  }

  #end(action: RaceAction): readonly RaceAction[] {
    this.#isOver = true;
    return [action];
  }
}

function costMs({ rttMs, connectMs }: Entrant): number {
  return rttMs + (connectMs ?? Infinity);
}

/** What a way must take at most, in ms, to be better than this by enough to matter. */
function worthMs(entrant: Entrant): number {
  return (costMs(entrant) - WORTH_MS) / (1 + WORTH_SHARE);
}

function byRtt(a: Racer, b: Racer): number {
  return a.rttMs - b.rttMs || a.exit - b.exit;
}
