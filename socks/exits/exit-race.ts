import type { NodeId } from '../../config/node-id.ts';
import type { RefusalReason } from '../../mesh/session/stream-codes.ts';
import type { Destination } from '../../mesh/session/target.ts';
import type { Estimate } from './exit-estimates.ts';
import { gainOverAnything, gainOverGuess, type Guess } from './expected-gain.ts';
import { moreTelling } from './telling-reasons.ts';

/** Exits that connect to a site for one decision. */
const MAX_RACERS = 3;
/** Without any answer after this, the first that comes wins; in ms. */
const DEADLINE_MS = 3_000;
/**
 * When the second and the third are asked at the latest: after this share of what they are expected to take, and so many
 * ms. Until then an answer may come that tells better whom to ask; later, the race would be felt.
 */
const SECOND = { share: 0.15, ms: 10 };
const THIRD = { share: 0.25, ms: 15 };
/** How long the exit that is asked where the site is may take beyond its round trip, in ms: a look-up takes less, or hangs. */
const LOCATE_MS = 150;
/** What an exit's look-up may take, in ms: an answer is waited for by so much longer than the way that would be better. */
const LOOKUP_MS = 20;
/** Exits whose ways differ by less than a tenth and 5 ms are as good as each other. */
const WORTH_SHARE = 0.1;
const WORTH_MS = 5;
/** How often a site is where it is said to be; the rest answer from many places, or databases are wrong. */
const PLACE_IS_TRUE = 0.6;

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
  /** What an exit is expected to take to a place, the round trip to it included; null: nobody knows where it is. */
  readonly expect: (exit: NodeId, destination: Destination | null) => Pick<Estimate, 'costMs' | 'deviationMs'>;
  /** Where the site was when it was last seen, or null. */
  readonly destination: Destination | null;
  readonly startedMs: number;
}

type Entrant = Racer & { readonly sinceMs: number; connectMs: number | null; isOut: boolean };

/**
 * One decision by trial: up to three exits connect to the site, and the one whose round trip plus time to connect is the
 * lowest wins. Nothing is sent on any of the connections before, so the winner's is simply used.
 *
 * Where there are more than three, the nearest is the first and also says where the site is. Each of the others is the one
 * that is expected to better those before it the most, going by what is known when it is asked: where the site is, unless
 * that is false, and what those before it took.
 *
 * Reads no clock: call {@link ExitRace.tick} when {@link ExitRace.wakeAtMs} has come.
 */
export class ExitRace {
  readonly #options: ExitRaceOptions;
  readonly #entrants: Entrant[] = [];
  #locateUntilMs: number | null = null;
  /** What each exit takes beyond its round trip to a site that may be anywhere. */
  #anywhere: ReadonlyMap<NodeId, Guess> = new Map();
  /** The same to where this site is said to be; null: nobody says so. */
  #there: ReadonlyMap<NodeId, Guess> | null = null;
  /** When the next is asked at the latest. */
  #enterAtMs: number | null = null;
  /** Asked for with every event of every race; null: to be computed. */
  #wakeAtMs: number | null = null;
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
    if (racers.length <= MAX_RACERS) return racers.toSorted(byRtt).map((racer) => this.#enter(racer, startedMs));
    const first = this.#enter(nearest, startedMs);
    this.#anywhere = this.#guesses(null);
    if (destination !== null) {
      this.#there = this.#guesses(destination);
      return [first, ...this.#fill(startedMs)];
    }
    this.#locateUntilMs = startedMs + nearest.rttMs + LOCATE_MS;
    return [first, { type: 'locate', exit: nearest.exit }, ...this.#fill(startedMs)];
  }

  /** When to call `tick`, or null. */
  get wakeAtMs(): number | null {
    this.#wakeAtMs ??= this.#nextWakeMs();
    return this.#wakeAtMs === Infinity ? null : this.#wakeAtMs;
  }

  #nextWakeMs(): number {
    if (this.#isOver) return Infinity;
    const pending = [this.#locateUntilMs, this.#enterAtMs].filter((time) => time !== null);
    if (pending.length > 0) return Math.min(...pending);
    const best = this.#best();
    return best === null ? Infinity : Math.max(...this.#hopefuls(best).map((hopeful) => this.#untilMs(hopeful, best)));
  }

  /** Where the site is, as the exit that was asked says; null where it can't. */
  located(destination: Destination | null, nowMs: number): readonly RaceAction[] {
    if (this.#isOver || this.#locateUntilMs === null) return [];
    this.#locateUntilMs = null;
    if (destination !== null) this.#there = this.#guesses(destination);
    return [...this.#fill(nowMs), ...this.#judge(nowMs)];
  }

  /** The exit connected, which took it `connectMs`. */
  opened(exit: NodeId, connectMs: number, destination: Destination | null, nowMs: number): readonly RaceAction[] {
    const entrant = this.#running(exit);
    if (entrant === undefined) return [];
    entrant.connectMs = connectMs;
    // An answer says where the site is, too.
    const located = this.#locateUntilMs === null || destination === null ? [] : this.located(destination, nowMs);
    return [...located, ...this.#fill(nowMs), ...this.#judge(nowMs)];
  }

  /** The exit could not connect, or the connection is gone again. */
  failed(exit: NodeId, reason: RefusalReason, nowMs: number): readonly RaceAction[] {
    const entrant = this.#entrants.find((one) => one.exit === exit && !one.isOut);
    if (this.#isOver || entrant === undefined) return [];
    entrant.isOut = true;
    this.#reason = moreTelling(this.#reason, reason);
    const isWaitingForPlace = this.#locateUntilMs !== null && this.#entrants.every(({ isOut }) => isOut);
    if (isWaitingForPlace) return this.located(null, nowMs);
    return [...this.#fill(nowMs), ...this.#judge(nowMs)];
  }

  tick(nowMs: number): readonly RaceAction[] {
    if (this.#isOver) return [];
    if (this.#locateUntilMs !== null && this.#locateUntilMs <= nowMs) return this.located(null, nowMs);
    return [...this.#fill(nowMs), ...this.#judge(nowMs)];
  }

  #guesses(destination: Destination | null): ReadonlyMap<NodeId, Guess> {
    const { racers, expect } = this.#options;
    return new Map(
      racers.map(({ exit, rttMs }) => {
        const { costMs, deviationMs } = expect(exit, destination);
        const meanMs = Math.max(1, costMs - rttMs);
        return [exit, { meanMs, deviationMs: Math.max(deviationMs, 3 + meanMs / 10) }];
      }),
    );
  }

  /** Lets those in whose time has come. */
  #fill(nowMs: number): RaceAction[] {
    const entered: RaceAction[] = [];
    this.#enterAtMs = null;
    while (!this.#isOver && this.#entrants.length < MAX_RACERS) {
      const chosen = this.#bestOther();
      if (chosen === null) break;
      const dueMs = this.#dueMs(chosen);
      if (dueMs > nowMs) {
        if (dueMs !== Infinity) this.#enterAtMs = dueMs;
        break;
      }
      entered.push(this.#enter(chosen, nowMs));
    }
    return entered;
  }

  /** When to ask it: as soon as there is something to go by, but not too late. */
  #dueMs({ exit, rttMs }: Racer): number {
    const isLocating = this.#locateUntilMs !== null;
    const isAnswered = this.#entrants.some(({ connectMs, isOut }) => connectMs !== null || isOut);
    if (isAnswered && !isLocating) return -Infinity;
    const isThird = this.#entrants.length > 1;
    if (isThird && isLocating) return Infinity;
    const { share, ms } = isThird ? THIRD : SECOND;
    const { meanMs } = (this.#there ?? this.#anywhere).get(exit)!;
    return this.#options.startedMs + share * (rttMs + meanMs) + ms;
  }

  /** Who is expected to better the race the most, of those that could by enough. */
  #bestOther(): Racer | null {
    const gains = this.#others(this.#best()).map((racer) => {
      const { meanMs } = this.#anywhere.get(racer.exit)!;
      const ifAnywhere = gainOverAnything(this.#expectedMs(this.#anywhere), racer.rttMs, meanMs);
      if (this.#there === null) return { racer, gainMs: ifAnywhere };
      const ifThere = gainOverGuess(this.#expectedMs(this.#there) - racer.rttMs, this.#there.get(racer.exit)!);
      return { racer, gainMs: PLACE_IS_TRUE * ifThere + (1 - PLACE_IS_TRUE) * ifAnywhere };
    });
    const [chosen] = gains.toSorted((a, b) => b.gainMs - a.gainMs || byRtt(a.racer, b.racer));
    return chosen?.racer ?? null;
  }

  /** What the best of those in the race took, or is expected to take. */
  #expectedMs(guesses: ReadonlyMap<NodeId, Guess>): number {
    const all = this.#entrants
      .filter(({ isOut }) => !isOut)
      .map((one) => (one.connectMs === null ? one.rttMs + guesses.get(one.exit)!.meanMs : costMs(one)));
    return Math.min(DEADLINE_MS, ...all);
  }

  #judge(nowMs: number): readonly RaceAction[] {
    this.#wakeAtMs = null;
    if (this.#isOver) return [];
    const best = this.#best();
    if (best === null) {
      const isLost =
        this.#locateUntilMs === null && this.#enterAtMs === null && this.#entrants.every(({ isOut }) => isOut);
      return isLost ? this.#end({ type: 'lost', reason: this.#reason }) : [];
    }
    if (this.#entrants.length === MAX_RACERS || this.#others(best).length === 0) {
      this.#locateUntilMs = null;
      this.#enterAtMs = null;
    }
    const isWorthWaiting =
      nowMs < this.#options.startedMs + DEADLINE_MS &&
      (this.#locateUntilMs !== null ||
        this.#enterAtMs !== null ||
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
