import type { NodeId } from '../config/node-id.ts';
import type { RefusalReason } from '../mesh/session/stream-codes.ts';
import { ConnectionUse } from './connection-use.ts';
import type { ExitView } from './exits/exit-view.ts';
import type { ExitOutlook } from './exits/exit-outlook.ts';
import type { Pins } from './exits/pins.ts';
import type { OpenedEvent } from './race-streams.ts';
import type { Scheduler } from './scheduler.ts';

/** What a {@link ConnectionLearner} is made of. */
export interface ConnectionLearnerOptions {
  readonly pins: Pins;
  readonly outlook: ExitOutlook;
  readonly scheduler: Scheduler;
  readonly wallMs: () => number;
  readonly changed?: (what: 'use' | 'estimate') => void;
}

/** What connections teach: how they came about, their first round trip, and which pins they hold. */
export class ConnectionLearner {
  readonly #options: ConnectionLearnerOptions;
  readonly #uses = new Set<ConnectionUse>();
  #exits: ReadonlyMap<NodeId, ExitView> = new Map();

  constructor(options: ConnectionLearnerOptions) {
    this.#options = options;
  }

  /** Connections in use. */
  get uses(): number {
    return this.#uses.size;
  }

  /** The exits as they are now. */
  nodesChanged(exits: readonly ExitView[]): void {
    this.#exits = new Map(exits.map((exit) => [exit.id, exit]));
    if (!exits.some(({ state }) => state === 'up')) for (const use of this.#uses) use.uplinkDown();
  }

  connected(exit: NodeId, site: string, event: OpenedEvent): void {
    const view = this.#exits.get(exit);
    if (view === undefined) return;
    this.#options.outlook.connected(view, view.rttMs ?? 0, site, event, this.#options.wallMs());
    this.#options.changed?.('estimate');
  }

  /** Only what may be the way's fault counts: not a name that does not exist, nor what the exit's policy forbids. */
  failed(exit: NodeId, site: string, reason: RefusalReason): void {
    const view = this.#exits.get(exit);
    if (view === undefined || (reason !== 'timed-out' && !reason.endsWith('unreachable'))) return;
    this.#options.outlook.failed(view, view.rttMs ?? 0, site, this.#options.wallMs());
  }

  /** A connection that is in use from now on. `isOpened`: its exit has connected already. */
  use(exit: NodeId, site: string, isOpened: boolean): ConnectionUse {
    const { scheduler, wallMs, pins, outlook } = this.#options;
    this.#options.changed?.('use');
    const use = new ConnectionUse({
      nowMs: () => scheduler.nowMs(),
      wallMs,
      pin: pins.use(site, wallMs()),
      isOpened,
      measured: (roundTripMs) => {
        const view = this.#exits.get(exit);
        const rttMs = view?.rttMs ?? null;
        if (view !== undefined && rttMs !== null) outlook.firstRoundTrip(view, rttMs, site, roundTripMs, wallMs());
      },
      over: (one) => {
        this.#uses.delete(one);
        this.#options.changed?.('use');
      },
    });
    this.#uses.add(use);
    return use;
  }
}
