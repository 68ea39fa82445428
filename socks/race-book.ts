import type { NodeId } from '../config/node-id.ts';
import type { MeshStream } from '../mesh/mesh-stream.ts';
import type { Target } from '../mesh/session/target.ts';
import type { ConnectionLearner } from './connection-learner.ts';
import type { ChoiceRequest } from './exits/choice-request.ts';
import type { ExitChooser } from './exits/exit-chooser.ts';
import type { ExitEvent } from './exits/exit-event.ts';
import type { PinTime } from './exits/pins.ts';
import { RaceStreams, type OpenedEvent } from './race-streams.ts';

/** What a {@link RaceBook} is made of. */
export interface RaceBookOptions {
  readonly openStream: (exit: NodeId, target: Target) => MeshStream;
  readonly chooser: ExitChooser;
  readonly learner: ConnectionLearner;
  readonly now: () => PinTime;
  readonly apply: (events: readonly ExitEvent[]) => void;
}

/** Who a race is run for: the connection that waits the longest. */
export interface RaceHost {
  readonly target: Target;
  readonly request: ChoiceRequest;
}

/** The races that are on, one a decision, and their streams. */
export class RaceBook {
  readonly #options: RaceBookOptions;
  readonly #races = new Map<string, RaceStreams>();

  constructor(options: RaceBookOptions) {
    this.#options = options;
  }

  /** Races that are on. */
  get size(): number {
    return this.#races.size;
  }

  /** Does one step of a race; it begins with the first, for `host`. Without a host nobody wants it any more. */
  run(
    { key, type, exit }: { readonly key: string; readonly type: 'open' | 'locate'; readonly exit: NodeId },
    host: RaceHost | undefined,
  ): void {
    const race = this.#races.get(key) ?? (host === undefined ? null : this.#begin(key, host));
    if (race === null) this.#options.chooser.abandon(key);
    else race[type](exit);
  }

  /** What is tried in the race of this decision; null where there is none. */
  targetOf(key: string): Target | null {
    return this.#races.get(key)?.target ?? null;
  }

  /** Ends a race and hands out the winner's stream, if it has one. */
  take(key: string, winner: NodeId): { readonly stream: MeshStream; readonly opened: OpenedEvent } | null {
    const won = this.#races.get(key)?.take(winner) ?? null;
    this.end(key);
    return won;
  }

  /** Ends a race. Idempotent. */
  end(key: string): void {
    this.#races.get(key)?.close();
    this.#races.delete(key);
  }

  #begin(key: string, host: RaceHost): RaceStreams {
    const { openStream, chooser, learner, now, apply } = this.#options;
    const { site } = host.request;
    const race = new RaceStreams({
      target: host.target,
      openStream,
      opened: (exit, event) => {
        learner.connected(exit, site, event);
        apply(chooser.raceOpened(key, exit, event, now()));
      },
      failed: (exit, reason) => {
        learner.failed(exit, site, reason);
        apply(chooser.raceFailed(key, exit, reason, now()));
      },
      located: (destination) => apply(chooser.raceLocated(key, destination, now())),
    });
    this.#races.set(key, race);
    return race;
  }
}
