import type { NodeId } from '../../config/node-id.ts';
import type { RefusalReason } from '../../mesh/session/stream-codes.ts';
import type { Destination } from '../../mesh/session/target.ts';
import type { ChoiceRequest } from './choice-request.ts';
import { bestMeasured, electable } from './electable.ts';
import type { ChoiceReason, ExitEvent, MoveReason } from './exit-event.ts';
import type { ExitIdentity } from './exit-identity.ts';
import type { ExitOutlook } from './exit-outlook.ts';
import { permits, policyText } from './exit-policy.ts';
import { ExitRoll } from './exit-roll.ts';
import type { ExitView } from './exit-view.ts';
import { ExitRace, type RaceAction } from './exit-race.ts';
import { pendingDecision, type PendingDecision as Pending } from './pending-decision.ts';
import type { Pin } from './pin.ts';
import type { Pins, PinTime } from './pins.ts';

/** What an {@link ExitChooser} is made of. */
export interface ExitChooserOptions {
  readonly pins: Pins;
  readonly outlook: ExitOutlook;
  /** Told that a pin was made or moved, for it to be kept. */
  readonly changed?: (what: 'pin') => void;
  /** How long a site waits for an exit to come up, in ms; 5 s unless told. */
  readonly deadlineMs?: number;
}

/** How long right after the start exits of which nothing was heard yet are waited for, in ms: the first to be up is not the best. */
const NEWCOMERS_MS = 400;
/** What is taken for the round trip to an exit where it was not measured yet, in ms. */
const UNMEASURED_RTT_MS = 500;
/** Races for one decision where exits die in them. */
const MAX_RACES = 3;

/**
 * Which exit for which site: its pin, as long as that exit lives, because sites tie logins to an address. Without one, the
 * best by what was measured, or by a race. One decision at a time for all who ask the same. Nothing moves a pin but its
 * exit's being gone and the rules; an exit that comes back takes nothing back. There is no way around the exits: without
 * one there is no connection.
 *
 * Reads no clock. Call {@link ExitChooser.nodesChanged} whenever exits change, and {@link ExitChooser.tick} at
 * {@link ExitChooser.wakeAtMs}.
 */
export class ExitChooser {
  readonly #pins: Pins;
  readonly #outlook: ExitOutlook;
  readonly #deadlineMs: number;
  readonly #changed: (what: 'pin') => void;
  readonly #pending = new Map<string, Pending>();
  readonly #roll = new ExitRoll();
  #exits: readonly ExitView[] = [];

  constructor(options: ExitChooserOptions) {
    this.#pins = options.pins;
    this.#outlook = options.outlook;
    this.#changed = options.changed ?? (() => {});
    this.#deadlineMs = options.deadlineMs ?? 5_000;
  }

  /** Decisions that are not made yet. */
  get deciding(): number {
    return this.#pending.size;
  }

  /** When to call `tick`, or null where nobody waits. */
  get wakeAtMs(): number | null {
    let wakeAtMs: number | null = null;
    for (const { race, wakeAtMs: own } of this.#pending.values()) {
      const atMs = race === null ? own : race.wakeAtMs;
      if (atMs !== null && (wakeAtMs === null || atMs < wakeAtMs)) wakeAtMs = atMs;
    }
    return wakeAtMs;
  }

  /** The name of the decision that a request is part of. */
  keyOf({ site, policy, whenDown }: ChoiceRequest): string {
    return `${site} | ${policyText(policy)} | ${whenDown}`;
  }

  /** Decides, or, where no `decided`, `refused` or `no-exit` comes back, will decide later. */
  choose(request: ChoiceRequest, time: PinTime): readonly ExitEvent[] {
    const key = this.keyOf(request);
    if (this.#pending.has(key)) return [];
    const pending = pendingDecision(key, request, time.nowMs, time.nowMs + this.#deadlineMs);
    this.#pending.set(key, pending);
    return this.#decide(pending, time);
  }

  /** Takes the exits as they are now, all of them; they are kept and must not change. */
  nodesChanged(exits: readonly ExitView[], time: PinTime): readonly ExitEvent[] {
    this.#exits = exits;
    for (const { identity, state, backInMs } of exits) {
      if (state === 'up' || state === 'suspect') this.#pins.exitUp(identity, time.nowMs);
      else if (state === 'down') this.#pins.exitDown(identity, time.nowMs, backInMs);
    }
    for (const identity of this.#roll.update(exits, time.nowMs)) this.#pins.exitForgotten(identity);
    const dead = exits.filter(({ state }) => state === 'down');
    return [...this.#pending.values()].flatMap((pending) => {
      if (pending.race === null) return this.#decide(pending, time);
      return dead.flatMap(({ id }) => this.raceFailed(pending.key, id, 'failed', time));
    });
  }

  tick(time: PinTime): readonly ExitEvent[] {
    return [...this.#pending.values()].flatMap((pending) => {
      if (pending.race !== null) return this.#perform(pending, pending.race.tick(time.nowMs), time);
      return pending.wakeAtMs <= time.nowMs ? this.#decide(pending, time) : [];
    });
  }

  /** An exit connected in a race. */
  raceOpened(
    key: string,
    exit: NodeId,
    { connectMs, destination }: { readonly connectMs: number; readonly destination: Destination | null },
    time: PinTime,
  ): readonly ExitEvent[] {
    return this.#inRace(key, time, (race) => race.opened(exit, connectMs, destination, time.nowMs));
  }

  /** An exit did not connect in a race, or is gone (`failed`). */
  raceFailed(key: string, exit: NodeId, reason: RefusalReason, time: PinTime): readonly ExitEvent[] {
    return this.#inRace(key, time, (race) => race.failed(exit, reason, time.nowMs));
  }

  /** An exit said where the target is, or null where it can't. */
  raceLocated(key: string, destination: Destination | null, time: PinTime): readonly ExitEvent[] {
    return this.#inRace(key, time, (race) => race.located(destination, time.nowMs));
  }

  /** Whether one of these exits is up or may come up soon: else waiting is in vain. */
  mayServe(exits: readonly ExitView[], nowMs: number): boolean {
    return this.#roll.mayServe(exits, nowMs);
  }

  /** Nobody wants the decision any more. */
  abandon(key: string): void {
    this.#pending.delete(key);
  }

  #inRace(key: string, time: PinTime, step: (race: ExitRace) => readonly RaceAction[]): readonly ExitEvent[] {
    const pending = this.#pending.get(key);
    if (pending === undefined || pending.race === null) return [];
    return this.#perform(pending, step(pending.race), time);
  }

  #decide(pending: Pending, time: PinTime): readonly ExitEvent[] {
    const { policy } = pending.request;
    const permitted = this.#exits.filter((exit) => permits(policy, exit));
    if (policy.type === 'exit') return this.#decideFixed(pending, permitted[0], time);
    return this.#decideByPin(pending, permitted, time);
  }

  #decideByPin(pending: Pending, permitted: readonly ExitView[], time: PinTime): readonly ExitEvent[] {
    const { site, whenDown } = pending.request;
    const found = this.#pins.find(site, time);
    if (found.type === 'none') return this.#elect(pending, permitted, null, time);
    const pinned = permitted.find(({ identity }) => identity === found.pin.exit);
    if (pinned === undefined && this.#exits.some(({ identity }) => identity === found.pin.exit)) {
      return this.#leave(pending, permitted, found.pin, 'rule', time);
    }
    const isLate = time.nowMs >= pending.deadlineMs;
    switch (found.type) {
      case 'live':
        // Suspicion is often wrong, and moving costs the user a login.
        if (pinned?.state === 'up' || pinned?.state === 'suspect') return this.#settle(pending, pinned, 'pinned', time);
        if (isLate && whenDown === 'repin') return this.#leave(pending, permitted, found.pin, 'not-answering', time);
        return this.#wait(pending, permitted, pending.deadlineMs, time);
      case 'suspended':
        return whenDown === 'fail'
          ? this.#noExit(pending)
          : this.#wait(pending, permitted, Math.min(pending.deadlineMs, found.untilMs), time);
      case 'orphaned':
        if (whenDown === 'repin') return this.#leave(pending, permitted, found.pin, 'exit-gone', time);
        return whenDown === 'fail' ? this.#noExit(pending) : this.#wait(pending, permitted, pending.deadlineMs, time);
    }
  }

  /** A rule or an override names the exit. */
  #decideFixed(pending: Pending, exit: ExitView | undefined, time: PinTime): readonly ExitEvent[] {
    if (exit?.state === 'up' || exit?.state === 'suspect') return this.#settle(pending, exit, 'rule', time);
    const { whenDown } = pending.request;
    const mayCome = exit === undefined ? this.#roll.mayGrow(time.nowMs) : this.mayServe([exit], time.nowMs);
    const isAway = !mayCome || time.nowMs >= pending.deadlineMs;
    if (whenDown === 'repin' && isAway) {
      const untilMs = exit === undefined ? null : this.#pins.awaitedUntilMs(exit.identity, time.nowMs);
      if (untilMs !== null) return this.#wait(pending, this.#exits, Math.min(pending.deadlineMs, untilMs), time);
      // Nobody moves a pin that others of the site have, and what goes elsewhere meanwhile goes to one exit.
      pending.instead = exit?.id ?? null;
      return this.#decideByPin(pending, this.#exits, time);
    }
    if (whenDown === 'fail' && isAway) return this.#noExit(pending);
    return this.#wait(pending, this.#exits, pending.deadlineMs, time);
  }

  #leave(pending: Pending, permitted: readonly ExitView[], from: Pin, reason: MoveReason, time: PinTime) {
    pending.leaving = reason;
    const country =
      this.#exits.find(({ identity }) => identity === from.exit)?.country ?? this.#outlook.countryOf(from.exit);
    const others = permitted.filter(({ identity }) => identity !== from.exit);
    return this.#elect(pending, others, country, time);
  }

  /** Chooses anew, in that country where an exit there is up. */
  #elect(pending: Pending, permitted: readonly ExitView[], country: string | null, time: PinTime) {
    const { candidates, up } = electable(permitted, country);
    const newcomersUntilMs = pending.startedMs + NEWCOMERS_MS;
    if (up.length === 0) return this.#wait(pending, candidates, pending.deadlineMs, time);
    if (this.#roll.hasNewcomer(candidates) && time.nowMs < newcomersUntilMs)
      return this.#wait(pending, candidates, newcomersUntilMs, time);
    if (up.length === 1) return this.#settle(pending, up[0]!, 'only', time);
    const measured = bestMeasured(up, (exit) => this.#estimate(exit, pending.request.site, time));
    if (measured !== null) return this.#settle(pending, measured, 'measured', time);
    return this.#race(pending, up, time);
  }

  #race(pending: Pending, up: readonly ExitView[], time: PinTime): readonly ExitEvent[] {
    if (++pending.races > MAX_RACES) return this.#noExit(pending);
    const { site } = pending.request;
    const views = new Map(up.map((view) => [view.id, view]));
    pending.pinned = this.#exitOf(site, time);
    pending.race = new ExitRace({
      racers: up.map(({ id, rttMs }) => ({ exit: id, rttMs: rttMs ?? UNMEASURED_RTT_MS })),
      expect: (id, destination) => this.#estimate(views.get(id)!, site, time, destination),
      destination: this.#outlook.destinationOf(site),
      startedMs: time.nowMs,
    });
    return this.#perform(pending, pending.race.start(), time);
  }

  #perform(pending: Pending, actions: readonly RaceAction[], time: PinTime): readonly ExitEvent[] {
    return actions.flatMap((action): readonly ExitEvent[] => {
      switch (action.type) {
        case 'open':
        case 'locate':
          return [{ type: action.type, key: pending.key, exit: action.exit }];
        case 'won': {
          const winner = this.#exits.find(({ id }) => id === action.exit);
          const pinned = this.#exitOf(pending.request.site, time);
          // The user, or a decision for other hosts of the site, may have been faster: that is where it is now.
          const isLate = pinned !== null && pinned !== pending.pinned;
          if (winner !== undefined && !isLate) return this.#settle(pending, winner, 'race', time);
          pending.race = null;
          pending.leaving = null;
          return this.#decide(pending, time);
        }
        case 'lost':
          if (action.reason === 'failed') {
            // Nobody said no: they died.
            pending.race = null;
            return this.#decide(pending, time);
          }
          this.#pending.delete(pending.key);
          return [{ type: 'refused', key: pending.key, reason: action.reason }];
      }
    });
  }

  /** Waits until then at the longest, unless nobody is left to wait for. */
  #wait(pending: Pending, permitted: readonly ExitView[], untilMs: number, time: PinTime): readonly ExitEvent[] {
    if (!this.mayServe(permitted, time.nowMs) || time.nowMs >= pending.deadlineMs) return this.#noExit(pending);
    pending.wakeAtMs = untilMs;
    return [];
  }

  #noExit({ key, request }: Pending): readonly ExitEvent[] {
    this.#pending.delete(key);
    const isAnyUp = this.#exits.some(({ state }) => state === 'up');
    return [{ type: 'no-exit', key, site: request.site, isAnyUp }];
  }

  #settle(pending: Pending, exit: ExitView, why: ChoiceReason, time: PinTime): readonly ExitEvent[] {
    this.#pending.delete(pending.key);
    const { site } = pending.request;
    const decided = { type: 'decided', key: pending.key, site, exit: exit.id, why, isNew: false } as const;
    if (why === 'pinned' || why === 'rule') return [decided];
    const reason = pending.leaving ?? 'exit-gone';
    const pinReason = pending.leaving === null ? why : reason === 'rule' ? 'rule' : 'exit-gone';
    const isNew = this.#exitOf(site, time) === null;
    const move = this.#pins.pin(site, exit.identity, pinReason, time.wallMs);
    this.#changed('pin');
    const from = move === null ? pending.instead : this.#roll.numberOf(move.from);
    if (move === null && (from === null || !isNew)) return [{ ...decided, isNew }];
    return [
      { type: 'moved', site, from, to: exit.id, reason },
      { ...decided, isNew },
    ];
  }

  #exitOf(site: string, time: PinTime): ExitIdentity | null {
    const found = this.#pins.find(site, time);
    return found.type === 'none' ? null : found.pin.exit;
  }

  #estimate(exit: ExitView, site: string, time: PinTime, destination?: Destination | null) {
    return this.#outlook.estimate(exit, exit.rttMs ?? UNMEASURED_RTT_MS, site, time.wallMs, destination);
  }
}
