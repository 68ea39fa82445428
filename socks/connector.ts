import type { Destination, Target } from '../mesh/session/target.ts';
import type { AttemptOutcome, Reached } from './connect-attempt.ts';
import type { Connect, ConnectFailure, ConnectOutcome } from './connect-outcome.ts';
import type { ConnectionObserver } from './connection-observer.ts';
import type { ConnectorOptions } from './connector-options.ts';
import { Locator } from './direct/locator.ts';
import { ExitAttempts } from './exit-attempts.ts';
import type { ExitView } from './exits/exit-view.ts';
import { letGo } from './let-go.ts';
import type { DirectRoute, ExitRoute, Route } from './route.ts';

/** What stands for the address at the exit before the exit has told it. */
const NOT_BOUND_YET: Target = { host: { type: 'ip', bytes: new Uint8Array(4) }, port: 0 };

/** How often the rules may send one connection elsewhere: those that never come to rest let nothing through. */
const MAX_TURNS = 4;

/** Nothing is learned from connections that no exit had a part in. */
const UNOBSERVED: ConnectionObserver = { sent() {}, received() {}, ended() {} };

/** One connection from the question to the answer. */
interface Journey {
  readonly target: Target;
  readonly done: (outcome: ConnectOutcome) => void;
  readonly cancelDeadline: () => void;
  /** How often it was sent elsewhere. */
  turns: number;
  /** Gives up what it waits for now. */
  cancel: () => void;
}

/**
 * The client's way to a target: what the rules say is followed until there is a connection or a refusal. Rules may depend
 * on the address that a name stands for; they are asked again when an exit has told it, before anything is sent.
 */
export class Connector {
  readonly #options: ConnectorOptions;
  readonly #attempts: ExitAttempts;
  readonly #locator: Locator;
  readonly #journeys = new Set<Journey>();

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#attempts = new ExitAttempts(options);
    this.#locator = new Locator({
      openStream: (exit, target) => options.mesh.openStream(exit, target),
      scheduler: options.scheduler,
      exits: () => this.#attempts.exits,
      mayServe: () => this.#attempts.mayServe,
    });
  }

  /** Connections on their way. */
  get connecting(): number {
    return this.#journeys.size;
  }

  /** What is kept in memory, in entries of each kind. */
  get sizes(): Readonly<Record<'connecting' | 'deciding' | 'racing' | 'inUse' | 'reachedTargets', number>> {
    return { connecting: this.#journeys.size, ...this.#attempts.sizes };
  }

  /** The exits as they were last looked at. */
  get exits(): readonly ExitView[] {
    return this.#attempts.exits;
  }

  readonly connect: Connect = (target, done, overrides) => {
    let isGivenUp = false;
    let journey: Journey | null = null;
    queueMicrotask(() => {
      if (isGivenUp) return;
      journey = this.#begin(target, done);
      // Port 0 is a question between nodes (PROTOCOL section 4), and nothing to connect to.
      if (target.port === 0) this.#fail(journey, 'not-allowed');
      else this.#follow(journey, this.#options.route(target, overrides), null, null);
    });
    return () => {
      isGivenUp = true;
      if (journey !== null && this.#end(journey)) journey.cancel();
    };
  };

  /** To be called whenever `mesh.exits()` changed. */
  nodesChanged(): void {
    this.#attempts.nodesChanged();
    this.#locator.nodesChanged();
  }

  /** Gives up everything on its way. Idempotent. */
  close(): void {
    for (const journey of [...this.#journeys]) this.#fail(journey, 'failed');
    this.#attempts.close();
  }

  #begin(target: Target, done: Journey['done']): Journey {
    const deadlineMs = this.#options.connectDeadlineMs ?? 15_000;
    const cancelDeadline = this.#options.scheduler.after(deadlineMs, () => this.#fail(journey, 'timed-out'));
    const journey: Journey = { target, done, cancelDeadline, turns: 0, cancel: () => {} };
    this.#journeys.add(journey);
    return journey;
  }

  /**
   * Goes where a route leads. `destination`: where the target is, as far as the route was made with that in mind;
   * `reached`: an exit that has connected to it meanwhile, on another route.
   */
  #follow(journey: Journey, route: Route, destination: Destination | null, reached: Reached | null): void {
    if (reached !== null && route.type !== 'exit') this.#attempts.letGo(reached);
    switch (route.type) {
      case 'refused':
        this.#fail(journey, route.reason);
        return;
      case 'exit':
        this.#viaExit(journey, route, reached);
        return;
      case 'direct':
        if (destination === null) this.#locate(journey, route);
        else this.#dial(journey, destination);
    }
  }

  /** The rules have changed their mind. */
  #turn(journey: Journey, route: Route, destination: Destination | null, reached: Reached | null): void {
    const isLost = route.type !== 'refused' && ++journey.turns > MAX_TURNS;
    this.#follow(
      journey,
      isLost ? { type: 'refused', reason: 'not-allowed', rule: route.rule } : route,
      destination,
      reached,
    );
  }

  #viaExit(journey: Journey, route: ExitRoute, parked: Reached | null): void {
    const { request, settle } = route;
    const wanted = { target: journey.target, request, isTentative: settle !== null, parked };
    const attempt = this.#attempts.prepare(wanted, (outcome) => this.#answered(journey, route, outcome));
    journey.cancel = () => this.#attempts.drop(attempt);
    this.#attempts.start(attempt);
  }

  #answered(journey: Journey, route: ExitRoute, outcome: AttemptOutcome): void {
    switch (outcome.type) {
      case 'failed':
        this.#fail(journey, outcome.reason);
        return;
      case 'early': {
        const { exit, stream, observer } = outcome;
        const nothingYet = { bound: NOT_BOUND_YET, connectMs: 0, destination: null };
        this.#succeed(journey, { type: 'opened', stream, exit, observer, ...nothingYet });
        return;
      }
      case 'reached': {
        const { reached } = outcome;
        const { exit, stream, opened } = reached;
        const settled = route.settle?.(opened.destination) ?? route;
        if (settled.type === 'exit' && this.#attempts.isSame(settled.request, route.request)) {
          this.#succeed(journey, { ...opened, stream, exit, observer: this.#attempts.keep(reached) });
        } else this.#turn(journey, settled, opened.destination, reached);
        return;
      }
    }
  }

  /** Where the target is: an address speaks for itself, of a name exits know. */
  #locate(journey: Journey, route: DirectRoute): void {
    const { host } = journey.target;
    if (host.type === 'ip') {
      this.#located(journey, route, { address: host.bytes, country: null, position: null });
      return;
    }
    journey.cancel = this.#locator.locate(host.name, (location) => {
      if (location.type === 'failed') this.#fail(journey, location.reason);
      else this.#located(journey, route, location.destination);
    });
  }

  #located(journey: Journey, route: DirectRoute, destination: Destination): void {
    const settled = route.settle?.(destination) ?? route;
    if (settled.type === 'direct') this.#dial(journey, destination);
    else this.#turn(journey, settled, destination, null);
  }

  #dial(journey: Journey, destination: Destination): void {
    const { host, port } = journey.target;
    const stream = this.#options.openDirectly(destination.address, port, host.type === 'ip' ? 'program' : 'exit');
    journey.cancel = () => letGo(stream);
    stream.onEvent = (event) => {
      if (event.type === 'opened') {
        this.#succeed(journey, { ...event, destination, stream, exit: null, observer: UNOBSERVED });
      } else if (event.type === 'refused') this.#fail(journey, event.reason);
      else if (event.type === 'reset') this.#fail(journey, 'failed');
    };
  }

  #succeed(journey: Journey, outcome: ConnectOutcome): void {
    if (this.#end(journey)) journey.done(outcome);
  }

  #fail(journey: Journey, reason: ConnectFailure): void {
    if (!this.#end(journey)) return;
    journey.cancel();
    journey.done({ type: 'failed', reason });
  }

  /** False where it was over already. */
  #end(journey: Journey): boolean {
    journey.cancelDeadline();
    return this.#journeys.delete(journey);
  }
}
