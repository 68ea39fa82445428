import type { OwnView } from '../mesh/mesh-view.ts';
import type { Scheduler } from '../socks/scheduler.ts';

/** How a node leaves; null where it only says that it means to. */
export interface Leaving {
  /** In how many seconds it stops, or null: not by itself. */
  readonly stopAfterS: number | null;
  /** Within how many seconds after that it is there again, or null: not soon. */
  readonly backInS: number | null;
}

/** What a {@link Drainer} is made of. */
export interface DrainerOptions {
  /** Tells the other nodes. */
  readonly setDraining: (draining: OwnView['draining']) => void;
  /** It is time to stop. */
  readonly leave: () => void;
  readonly scheduler: Scheduler;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
}

/** Prepares a node's leaving: others are told to send nothing new, and what is open goes on until it stops. */
export class Drainer {
  readonly #options: DrainerOptions;
  #cancel: () => void = () => {};
  #backInS: number | null = null;

  constructor(options: DrainerOptions) {
    this.#options = options;
  }

  /** Within how many seconds the node said that it is back once it stops, or null. */
  get backInS(): number | null {
    return this.#backInS;
  }

  /** Begins, or takes other times from now on. */
  start({ stopAfterS, backInS }: Leaving): void {
    const { setDraining, leave, scheduler, wallMs } = this.#options;
    this.close();
    this.#backInS = backInS;
    setDraining({ leavesAtS: stopAfterS === null ? null : Math.floor(wallMs() / 1_000) + stopAfterS });
    if (stopAfterS !== null) this.#cancel = scheduler.after(stopAfterS * 1_000, leave);
  }

  /** The node stays after all. */
  takeBack(): void {
    this.close();
    this.#backInS = null;
    this.#options.setDraining(null);
  }

  /** Nothing happens by itself any more. Idempotent. */
  close(): void {
    this.#cancel();
    this.#cancel = () => {};
  }
}
