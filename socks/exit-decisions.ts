import type { ConnectorOptions } from './connector-options.ts';
import type { ChoiceRequest } from './exits/choice-request.ts';
import { ExitChooser } from './exits/exit-chooser.ts';
import type { ExitEvent } from './exits/exit-event.ts';
import { parseExitIdentity } from './exits/exit-identity.ts';
import type { ExitView } from './exits/exit-view.ts';
import type { PinTime } from './exits/pins.ts';

/** Who is told what. */
interface Listener {
  /** The exits as they are now, before anything is decided by it. */
  readonly seen: (exits: readonly ExitView[]) => void;
  readonly happened: (event: ExitEvent) => void;
}

/** An {@link ExitChooser} in time: shows it the exits and the clock, and tells what it decides. */
export class ExitDecisions {
  readonly chooser: ExitChooser;
  readonly #options: ConnectorOptions;
  readonly #listener: Listener;
  /** What is being decided, by its key. */
  readonly #requests = new Map<string, ChoiceRequest>();
  #exits: readonly ExitView[] = [];
  #cancelWake: () => void = () => {};

  constructor(options: ConnectorOptions, listener: Listener) {
    this.#options = options;
    this.#listener = listener;
    this.chooser = new ExitChooser(options);
  }

  /** The exits as they were last looked at. */
  get exits(): readonly ExitView[] {
    return this.#exits;
  }

  readonly now = (): PinTime => ({ nowMs: this.#options.scheduler.nowMs(), wallMs: this.#options.wallMs() });

  /** Looks at the exits, which may decide what is pending. */
  look(): void {
    this.#exits = this.#options.mesh.exits().flatMap(({ identity, ...view }) => {
      const known = parseExitIdentity(identity);
      return known === null || !view.roles.exit ? [] : [{ ...view, identity: known }];
    });
    this.#listener.seen(this.#exits);
    this.apply(this.chooser.nodesChanged(this.#exits, this.now()));
  }

  choose(request: ChoiceRequest): void {
    this.#requests.set(this.chooser.keyOf(request), request);
    this.apply(this.chooser.choose(request, this.now()));
  }

  /** Nobody wants that decision any more. */
  abandon(key: string): void {
    this.chooser.abandon(key);
    this.#requests.delete(key);
    this.apply([]);
  }

  /** Tells what the chooser said, and wakes it when it wants that. */
  readonly apply = (events: readonly ExitEvent[]): void => {
    for (const event of events) {
      this.#options.onExitEvent?.(event, this.#requestOf(event));
      this.#listener.happened(event);
    }
    this.close();
    const { wakeAtMs } = this.chooser;
    if (wakeAtMs === null) return;
    const { scheduler } = this.#options;
    const wake = (): void => this.apply(this.chooser.tick(this.now()));
    this.#cancelWake = scheduler.after(Math.max(0, wakeAtMs - scheduler.nowMs()), wake);
  };

  /** What an event answers, after which nothing waits for it any more; null for one that answers nothing. */
  #requestOf(event: ExitEvent): ChoiceRequest | null {
    switch (event.type) {
      case 'decided':
      case 'refused':
      case 'no-exit': {
        const request = this.#requests.get(event.key) ?? null;
        this.#requests.delete(event.key);
        return request;
      }
      case 'open':
      case 'locate':
      case 'moved':
      case 'address-changed':
        return null;
    }
  }

  /** Wakes the chooser no more, unless it is asked again. Idempotent. */
  close(): void {
    this.#cancelWake();
    this.#cancelWake = () => {};
  }
}
