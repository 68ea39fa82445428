import type { NodeId } from '../../config/node-id.ts';
import type { NodeView } from '../../mesh/mesh-view.ts';

/** What the chooser looks at in an exit. */
export type ExitView = Pick<NodeView, 'id' | 'state' | 'rttMs'>;

/** Why a site left its exit. */
export type MoveReason =
  /** The exit was declared dead, closed, or is no longer known. */
  | 'down'
  /** It is not down but did not come back before the deadline of a decision. */
  | 'not-answering'
  /** A connection to it failed under way, before anything was sent. */
  | 'session-gone';

/** What was decided. A site that waits gets one `decided` or `no-exit`, for everybody who waits for it. */
export type ExitEvent =
  | { readonly type: 'decided'; readonly site: string; readonly exit: NodeId }
  | { readonly type: 'no-exit'; readonly site: string }
  /** Comes before the `decided` that it explains. */
  | {
      readonly type: 'moved';
      readonly site: string;
      readonly from: NodeId;
      readonly to: NodeId;
      readonly reason: MoveReason;
    };

/** Limits of an {@link ExitChooser}. */
export interface ExitChooserOptions {
  /** How long a site waits for an exit to come up, in ms; 5 s unless told. */
  readonly deadlineMs?: number;
  /** Sites remembered; 10,000 unless told. The one not asked for the longest is forgotten first. */
  readonly maxPins?: number;
}

/**
 * Which exit for which site: the one with the lowest round-trip time at first, and then that one for as long as it
 * lives, because sites tie logins to an address. Where an exit dies its sites move when they are next asked for, and
 * stay where they moved. There is no way around the exits: without one there is no connection.
 *
 * Reads no clock. Call {@link ExitChooser.nodesChanged} whenever exits change, and {@link ExitChooser.tick} at
 * {@link ExitChooser.wakeAtMs}.
 */
export class ExitChooser {
  readonly #deadlineMs: number;
  readonly #maxPins: number;
  /** In the order of use, the longest unused first. */
  readonly #pins = new Map<string, NodeId>();
  /** Sites that wait for an exit, and until when. */
  readonly #waiting = new Map<string, number>();
  #exits: readonly ExitView[] = [];

  constructor(options: ExitChooserOptions = {}) {
    this.#deadlineMs = options.deadlineMs ?? 5_000;
    this.#maxPins = options.maxPins ?? 10_000;
  }

  /** When to call `tick`, or null where nobody waits. */
  get wakeAtMs(): number | null {
    return this.#waiting.size === 0 ? null : Math.min(...this.#waiting.values());
  }

  /** The exit that a site is pinned to, or null. */
  pinned(site: string): NodeId | null {
    return this.#pins.get(site) ?? null;
  }

  /**
   * Decides for a site, or, where no event comes back, will decide later.
   * @param failed exits that this connection has tried in vain; used again only where there is no other
   */
  choose(site: string, nowMs: number, failed: readonly NodeId[] = []): readonly ExitEvent[] {
    const events = this.#decide(site, failed);
    if (events !== null) return events;
    if (!this.#waiting.has(site)) this.#waiting.set(site, nowMs + this.#deadlineMs);
    return [];
  }

  /** Takes the exits as they are now, all of them; they are kept and must not change. */
  nodesChanged(exits: readonly ExitView[]): readonly ExitEvent[] {
    this.#exits = exits;
    return [...this.#waiting.keys()].flatMap((site) => this.#decide(site, []) ?? []);
  }

  /** Gives up waiting where the deadline has come. */
  tick(nowMs: number): readonly ExitEvent[] {
    const due = [...this.#waiting].filter(([, untilMs]) => untilMs <= nowMs);
    return due.flatMap(([site]) => {
      this.#waiting.delete(site);
      const exit = this.#best([]);
      const from = this.pinned(site);
      if (exit === null || from === null) return [{ type: 'no-exit', site } as const];
      return this.#pin(site, exit, from, 'not-answering');
    });
  }

  /** Null where waiting may help. */
  #decide(site: string, failed: readonly NodeId[]): readonly ExitEvent[] | null {
    const from = this.pinned(site);
    const state = from === null ? 'down' : (this.#exits.find((exit) => exit.id === from)?.state ?? 'down');
    const hasFailed = from !== null && failed.includes(from);
    if (from !== null && !hasFailed) {
      // Suspicion is often wrong, and moving costs the user a login.
      if (state === 'up' || state === 'suspect') return this.#pin(site, from, from, 'down');
      if (state !== 'down') return null;
    }
    const exit = this.#best(failed) ?? this.#best([]);
    if (exit !== null) return this.#pin(site, exit, from, hasFailed && state !== 'down' ? 'session-gone' : 'down');
    // Right after the start nothing is known of any exit yet.
    const hopeless = this.#exits.length > 0 && this.#exits.every((view) => view.state === 'down');
    if (!hopeless) return null;
    this.#waiting.delete(site);
    return [{ type: 'no-exit', site }];
  }

  /** The usable exit with the lowest round-trip time; unmeasured ones last, the lower number where equal. */
  #best(failed: readonly NodeId[]): NodeId | null {
    let best: ExitView | null = null;
    for (const exit of this.#exits) {
      if (exit.state !== 'up' || failed.includes(exit.id)) continue;
      if (best === null || isBetter(exit, best)) best = exit;
    }
    return best?.id ?? null;
  }

  #pin(site: string, exit: NodeId, from: NodeId | null, reason: MoveReason): readonly ExitEvent[] {
    this.#waiting.delete(site);
    this.#pins.delete(site);
    this.#pins.set(site, exit);
    if (this.#pins.size > this.#maxPins) this.#pins.delete(this.#pins.keys().next().value!);
    const decided = { type: 'decided', site, exit } as const;
    return from === null || from === exit ? [decided] : [{ type: 'moved', site, from, to: exit, reason }, decided];
  }
}

function isBetter(a: ExitView, b: ExitView): boolean {
  const aMs = a.rttMs ?? Infinity;
  const bMs = b.rttMs ?? Infinity;
  return aMs === bMs ? a.id < b.id : aMs < bMs;
}
