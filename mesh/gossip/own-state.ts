import type { LinkQuality } from '../routing/link-quality.ts';
import { Allowance } from './allowance.ts';
import type { NodeState } from './fast-record.ts';

/** What a value must differ by to be another: this share, and this much. */
const OTHER_SHARE = 0.2;
const OTHER_MS = 8;
const OTHER_LOSS = 0.02;
/** Nothing is said sooner after the last word than this, in ms: what happens one after the other is told together. */
const SHORTEST_MS = 1_000;
/** So much may be said at once, and once more for each interval; others take no more of one owner. */
const AT_ONCE = 8;
/** So much of it is kept for links that are gone: what else comes and goes must not use it up. */
const KEPT = 4;

/** When a node should say what its state is: soon where nodes came or went, seldom where only figures have changed. */
export class OwnState {
  readonly #intervalMs: number;
  readonly #allowance: Allowance;
  #said: NodeState | null = null;
  #saidAtMs = Number.NEGATIVE_INFINITY;

  /** @param intervalMs how often at most in the long run. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
    this.#allowance = new Allowance(AT_ONCE, intervalMs);
  }

  /** When this state may be said, in ms; Infinity where it is what was said already. */
  dueAtMs(state: NodeState, nowMs: number): number {
    const said = this.#said;
    if (said === null) return isEmpty(state) ? Number.POSITIVE_INFINITY : this.#saidAtMs;
    if (!isOther(said, state)) return Number.POSITIVE_INFINITY;
    const needed = isGone(said, state) ? 1 : KEPT + 1;
    const isUrgent = hasOthers(said, state) && this.#allowance.left(nowMs) >= needed;
    return this.#saidAtMs + (isUrgent ? SHORTEST_MS : this.#intervalMs);
  }

  /** This is said now. */
  said(state: NodeState, nowMs: number): void {
    this.#allowance.take(1, nowMs);
    this.#said = state;
    this.#saidAtMs = nowMs;
  }
}

function isEmpty({ neighbours, heard }: NodeState): boolean {
  return neighbours.size === 0 && heard.size === 0;
}

/** Whether a link is gone. */
function isGone(said: NodeState, now: NodeState): boolean {
  return [...said.neighbours.keys()].some((id) => !now.neighbours.has(id));
}

/** Whether there are other nodes than before, with links or heard. */
function hasOthers(said: NodeState, now: NodeState): boolean {
  if (said.neighbours.size !== now.neighbours.size || said.heard.size !== now.heard.size) return true;
  if ([...now.heard].some((id) => !said.heard.has(id))) return true;
  return [...now.neighbours.keys()].some((id) => !said.neighbours.has(id));
}

function isOther(said: NodeState, now: NodeState): boolean {
  if (hasOthers(said, now) || isOtherMs(said.loadMs, now.loadMs)) return true;
  return [...now.neighbours].some(([id, quality]) => isOtherLink(said.neighbours.get(id)!, quality));
}

function isOtherLink(said: LinkQuality, now: LinkQuality): boolean {
  if (isOtherMs(totalMs(said), totalMs(now))) return true;
  const loss = Math.abs(said.lossShare - now.lossShare);
  return loss > OTHER_LOSS && loss > said.lossShare * OTHER_SHARE;
}

function isOtherMs(said: number | null, now: number | null): boolean {
  if (said === null || now === null) return said !== now;
  const difference = Math.abs(said - now);
  return difference > OTHER_MS && difference > said * OTHER_SHARE;
}

function totalMs({ rttMs, jitterMs }: LinkQuality): number | null {
  return rttMs === null ? null : rttMs + 2 * jitterMs;
}
