import type { NodeId } from '../../config/node-id.ts';
import type { ExitIdentity } from './exit-identity.ts';
import type { ExitView } from './exit-view.ts';

/** How long an exit that was never heard of is waited for, in ms: two rounds of trying its addresses. */
const FIRST_SIGN_MS = 10_000;

interface Entry {
  id: NodeId;
  readonly sinceMs: number;
  /** It was up or down once: more is known of it than that it exists. */
  isKnown: boolean;
}

/** The exits there ever were, and whether those that are not up are worth waiting for. Reads no clock. */
export class ExitRoll {
  readonly #entries = new Map<ExitIdentity, Entry>();
  #startedMs: number | null = null;
  #newestMs = -Infinity;

  /** Takes the exits as they are now, and returns those of before that are not among them. */
  update(exits: readonly ExitView[], nowMs: number): readonly ExitIdentity[] {
    this.#startedMs ??= nowMs;
    const gone = new Set(this.#entries.keys());
    for (const { id, identity, state } of exits) {
      gone.delete(identity);
      if (!this.#entries.has(identity)) this.#newestMs = nowMs;
      const entry = this.#entries.get(identity) ?? { id, sinceMs: nowMs, isKnown: false };
      entry.id = id;
      entry.isKnown ||= state === 'up' || state === 'down';
      this.#entries.set(identity, entry);
    }
    return [...gone];
  }

  /** The last known number of an exit, or null. */
  numberOf(identity: ExitIdentity): NodeId | null {
    return this.#entries.get(identity)?.id ?? null;
  }

  /** Whether one of them was neither up nor down so far. */
  hasNewcomer(exits: readonly ExitView[]): boolean {
    return exits.some(({ identity }) => this.#entries.get(identity)?.isKnown !== true);
  }

  /** Whether an exit that is not known may be told of soon: just after the start, and while others are learned of. */
  mayGrow(nowMs: number): boolean {
    const sinceMs = Math.max(this.#startedMs ?? nowMs, this.#newestMs);
    return nowMs - sinceMs < FIRST_SIGN_MS;
  }

  /** Whether one of them is up or may come up soon. While no exit at all is known: whether the start was just now. */
  mayServe(exits: readonly ExitView[], nowMs: number): boolean {
    if (this.#entries.size === 0) return this.#startedMs === null || nowMs - this.#startedMs < FIRST_SIGN_MS;
    return exits.some(({ identity, state }) => {
      if (state === 'down') return false;
      const entry = this.#entries.get(identity);
      return entry === undefined || entry.isKnown || nowMs - entry.sinceMs < FIRST_SIGN_MS;
    });
  }
}
