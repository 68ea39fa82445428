import { pathCostMs } from './path-cost.ts';
import { longestPauseMs } from './probe-back-off.ts';
import type { SessionPath } from './session-path.ts';

/** One that works is left where another has cost less by this share and this much, in ms, ... */
const BETTER_SHARE = 0.1;
const BETTER_MS = 5;
/** ... for this long in all, in ms, less the time in which it did not; for twice as long each time where that happened a minute ago already. */
const FIRST_HOLD_MS = 10_000;
const LONGEST_HOLD_MS = 300_000;
const RESTLESS_MS = 60_000;
/** While data flows paths that are not in use are asked for an answer so often, in ms. */
const WARM_MS = 2_000;
/** Where an answer is owed, a path is asked again after its probe timeout, but no sooner, in ms; then ever more rarely. */
const LEAST_PATIENCE_MS = 100;

/** How long a path has been better than the one in use, less the time since in which it was not, both in ms. */
interface Lead {
  ms: number;
  countedUntilMs: number;
}

/** Where to send from now on. */
export interface PathChoice {
  readonly path: SessionPath;
  /** The one in use does not answer: what is in flight there is lost. */
  readonly isRescue: boolean;
}

/**
 * Which of a session's paths is used (PROTOCOL section 7): the one that costs least, with reluctance; another at once
 * where it is silent. It asks the others for answers while data flows, or while the one in use owes some.
 */
export class PathChooser {
  /** Sends a PING on a path. */
  readonly ask: (path: SessionPath, nowMs: number) => void;
  readonly #lead = new Map<SessionPath, Lead>();
  #holdMs = FIRST_HOLD_MS;
  #changedAtMs = Number.NEGATIVE_INFINITY;

  /** @param ask sends a PING on a path. */
  constructor(ask: (path: SessionPath, nowMs: number) => void) {
    this.ask = ask;
  }

  /** The path to change to, or null. `isInUse`: data flows. */
  choose(active: SessionPath, paths: Iterable<SessionPath>, isInUse: boolean, nowMs: number): PathChoice | null {
    const writable = [...paths].filter((path) => path !== active && path.carrier?.writable === true);
    const others = writable.filter((path) => !path.answers.isDemoted(nowMs));
    const isUseless = active.answers.isDemoted(nowMs) || isStuck(active);
    const suspectAtMs = isUseless ? nowMs : suspectFromMs(active);
    if (nowMs >= suspectAtMs) {
      const sinceMs = isUseless ? nowMs - WARM_MS : active.answers.silentSinceMs;
      for (const path of writable) if (nowMs >= urgentAtMs(path, active)) this.ask(path, nowMs);
      return this.#rescue(isUseless || nowMs >= active.answers.silentFromMs, others, sinceMs);
    }
    if (!isInUse) return null;
    for (const path of others) if (nowMs >= warmAtMs(path)) this.ask(path, nowMs);
    return this.#improve(active, others, nowMs);
  }

  /** The cheapest way over other nodes that works, beside one that has no relays; `last` where that is nearly as cheap. */
  alternate(
    active: SessionPath,
    last: SessionPath | null,
    paths: Iterable<SessionPath>,
    nowMs: number,
  ): SessionPath | null {
    if (active.isRelayed) return null;
    let best: SessionPath | null = null;
    for (const path of paths) {
      if (path === active || !path.isRelayed || !isUsable(path, nowMs) || !isAlive(path, nowMs)) continue;
      if (path.strayedAtMs > path.answers.progressAtMs) continue;
      if (best === null || seenCostMs(path, last) < seenCostMs(best, last)) best = path;
    }
    return best;
  }

  /** When {@link choose} has something to do, given nothing else happens. */
  wakeAtMs(active: SessionPath, paths: Iterable<SessionPath>, inUseUntilMs: number, nowMs: number): number {
    const suspectAtMs = suspectFromMs(active);
    const isSuspect = nowMs >= suspectAtMs || active.answers.isDemoted(nowMs) || isStuck(active);
    const isInUse = nowMs < inUseUntilMs;
    let earliest = suspectAtMs;
    if (isSuspect)
      earliest = nowMs < active.answers.silentFromMs ? active.answers.silentFromMs : Number.POSITIVE_INFINITY;
    for (const path of paths) {
      if (path === active || !(isSuspect ? path.carrier?.writable === true : isUsable(path, nowMs))) continue;
      const askAtMs = isSuspect ? urgentAtMs(path, active) : warmAtMs(path);
      if (isSuspect || (isInUse && askAtMs < inUseUntilMs)) earliest = Math.min(earliest, askAtMs);
    }
    return earliest;
  }

  #rescue(mayLeave: boolean, others: readonly SessionPath[], sinceMs: number): PathChoice | null {
    const path = mayLeave ? cheapest(others.filter(({ answers }) => answers.progressAtMs >= sinceMs)) : null;
    this.#lead.clear();
    return path && { path, isRescue: true };
  }

  #improve(active: SessionPath, others: readonly SessionPath[], nowMs: number): PathChoice | null {
    this.#compare(active, others, nowMs);
    // Data may flow again after a pause in which nothing was asked: the answer is waited for.
    const path = cheapest(
      others.filter(
        (other) =>
          (this.#lead.get(other)?.ms ?? 0) >= this.#holdMs &&
          isBetter(other, active) &&
          nowMs - other.answers.progressAtMs < 2 * WARM_MS,
      ),
    );
    if (path === null) return null;
    const isRestless = nowMs - this.#changedAtMs < RESTLESS_MS + this.#holdMs;
    this.#holdMs = isRestless ? Math.min(LONGEST_HOLD_MS, this.#holdMs * 2) : FIRST_HOLD_MS;
    this.#changedAtMs = nowMs;
    this.#lead.clear();
    return { path, isRescue: false };
  }

  /** Round trips vary: one that takes long must not let all the time go for nothing in which the path was better. */
  #compare(active: SessionPath, others: readonly SessionPath[], nowMs: number): void {
    for (const path of this.#lead.keys()) if (!others.includes(path)) this.#lead.delete(path);
    for (const path of others) {
      const lead = this.#lead.get(path);
      // A dead path must not gain by each question that it may yet answer: once it did, the time counts.
      if (!hasAnswered(path) && isAlive(path, nowMs)) continue;
      const better = hasAnswered(path) && isBetter(path, active);
      if (lead === undefined) {
        if (better) this.#lead.set(path, { ms: 0, countedUntilMs: nowMs });
        continue;
      }
      const elapsedMs = nowMs - lead.countedUntilMs;
      lead.ms = Math.min(lead.ms + (better ? elapsedMs : -elapsedMs), this.#holdMs);
      lead.countedUntilMs = nowMs;
      if (lead.ms < 0) this.#lead.delete(path);
    }
  }
}

/** Whether one costs so much less than the one in use that this may be left for it. */
function isBetter(path: SessionPath, active: SessionPath): boolean {
  const costMs = pathCostMs(active);
  return pathCostMs(path) <= Math.min(costMs * (1 - BETTER_SHARE), costMs - BETTER_MS);
}

/** Whether it answered when it was asked last. */
function hasAnswered({ answers: { progressAtMs }, askedAtMs }: SessionPath): boolean {
  return progressAtMs !== Number.NEGATIVE_INFINITY && progressAtMs >= askedAtMs;
}

/** Whether it answered when it was asked last, or may yet do so as it did before. */
function isAlive(path: SessionPath, nowMs: number): boolean {
  if (path.answers.progressAtMs === Number.NEGATIVE_INFINITY) return false;
  return hasAnswered(path) || nowMs < path.askedAtMs + patienceMs(path);
}

/** What a path costs, as it counts beside the one that was chosen last. */
function seenCostMs(path: SessionPath, last: SessionPath | null): number {
  return pathCostMs(path) * (path === last ? 1 - BETTER_SHARE : 1);
}

function isUsable(path: SessionPath, nowMs: number): boolean {
  return path.carrier?.writable === true && !path.answers.isDemoted(nowMs);
}

/** Takes nothing and owes nothing: a dead connection, full of what was sent again by another path when this was left before. */
function isStuck({ carrier, sent }: SessionPath): boolean {
  return carrier?.writable === false && sent.oldest === null;
}

/** When to look around for other ways, unless something is acknowledged before. */
function suspectFromMs({ answers, rtt }: SessionPath): number {
  return answers.silentSinceMs + rtt.probeTimeoutMs;
}

/** When to ask a path that is not in use, while data flows. */
function warmAtMs(path: SessionPath): number {
  const { answers, askedAtMs, strayedAtMs } = path;
  if (strayedAtMs <= answers.progressAtMs) return Math.max(answers.progressAtMs, askedAtMs) + WARM_MS;
  return askedAtMs + Math.min(WARM_MS, Math.max(patienceMs(path), askedAtMs - strayedAtMs));
}

/** When to ask a path, while the one in use owes answers: a peer that may be asleep for hours must not be stormed. */
function urgentAtMs(path: SessionPath, active: SessionPath): number {
  if (path.askedAtMs === Number.NEGATIVE_INFINITY) return path.askedAtMs;
  const fromMs = isStuck(active) ? active.answers.progressAtMs : suspectFromMs(active);
  const sinceMs = Math.max(fromMs, active.answers.heardAtMs, path.answers.heardAtMs);
  const askedForMs = path.askedAtMs - sinceMs;
  // As long again as it has been asked so far: the pauses double.
  return path.askedAtMs + Math.max(patienceMs(path), Math.min(askedForMs, longestPauseMs(askedForMs)));
}

function patienceMs({ rtt }: SessionPath): number {
  return Math.max(LEAST_PATIENCE_MS, rtt.probeTimeoutMs);
}

function cheapest(paths: readonly SessionPath[]): SessionPath | null {
  let best: SessionPath | null = null;
  for (const path of paths) if (best === null || pathCostMs(path) < pathCostMs(best)) best = path;
  return best;
}
