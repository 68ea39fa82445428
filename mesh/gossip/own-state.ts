import type { NodeId } from '../../config/node-id.ts';
import type { LinkQuality } from '../routing/link-quality.ts';
import type { NodeState } from './fast-record.ts';

/** What a value must differ by to be another: this share, and this much. */
const OTHER_SHARE = 0.2;
const OTHER_MS = 8;
const OTHER_LOSS = 0.02;
/** Nothing is said sooner after the last word than this, in ms, not even that a link is gone. */
const SHORTEST_MS = 1_000;
/** What can't wait may be told ahead of time as often as this at once; each interval in which nothing was earns one more. */
const HASTY = 4;

/**
 * When a node should say what its state is: when it has changed much, and not often; at once where a link is gone, or there is
 * one to a node that others reach only by relays.
 */
export class OwnState {
  readonly #intervalMs: number;
  readonly #needsRelays: (id: NodeId) => boolean;
  #said: NodeState | null = null;
  #saidAtMs = Number.NEGATIVE_INFINITY;
  #hastyLeft = HASTY;

  /** @param intervalMs how often at most, where nothing is urgent. */
  constructor(intervalMs: number, needsRelays: (id: NodeId) => boolean) {
    this.#intervalMs = intervalMs;
    this.#needsRelays = needsRelays;
  }

  /** When this state may be said, in ms; Infinity where it is what was said already. */
  dueAtMs(state: NodeState): number {
    const said = this.#said;
    if (said === null) return isEmpty(state) ? Number.POSITIVE_INFINITY : this.#saidAtMs;
    const isGone = [...said.neighbours.keys()].some((id) => !state.neighbours.has(id));
    const isFound = [...state.neighbours.keys()].some((id) => !said.neighbours.has(id) && this.#needsRelays(id));
    const isUrgent = isGone || isFound;
    if (isUrgent && this.#hastyLeft >= 1) return this.#saidAtMs + SHORTEST_MS;
    return isUrgent || isOther(said, state) ? this.#saidAtMs + this.#intervalMs : Number.POSITIVE_INFINITY;
  }

  /** This is said now. */
  said(state: NodeState, nowMs: number): void {
    const passedMs = nowMs - this.#saidAtMs;
    this.#hastyLeft = Math.min(HASTY, this.#hastyLeft + passedMs / this.#intervalMs);
    if (passedMs < this.#intervalMs) this.#hastyLeft--;
    this.#said = state;
    this.#saidAtMs = nowMs;
  }
}

function isEmpty({ neighbours, heard }: NodeState): boolean {
  return neighbours.size === 0 && heard.size === 0;
}

function isOther(said: NodeState, now: NodeState): boolean {
  if (said.neighbours.size !== now.neighbours.size || said.heard.size !== now.heard.size) return true;
  for (const id of now.heard) if (!said.heard.has(id)) return true;
  for (const [id, quality] of now.neighbours) {
    const before = said.neighbours.get(id);
    if (before === undefined || isOtherLink(before, quality)) return true;
  }
  return isOtherMs(said.loadMs, now.loadMs);
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
