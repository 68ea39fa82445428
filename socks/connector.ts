import type { NodeId } from '../config/node-id.ts';
import type { MeshStream, StreamEvent } from '../mesh/mesh-stream.ts';
import type { NodeView } from '../mesh/mesh-view.ts';
import type { Target } from '../mesh/session/target.ts';
import type { Attempt, ExitRoute } from './connect-attempt.ts';
import type { Connect, ConnectFailure } from './connect-outcome.ts';
import { ConnectionLearner } from './connection-learner.ts';
import type { ConnectorOptions } from './connector-options.ts';
import { EarlyStream } from './early-stream.ts';
import { EgressGuard } from './exits/egress-guard.ts';
import { ExitChooser } from './exits/exit-chooser.ts';
import type { ExitView } from './exits/exit-view.ts';
import type { ExitEvent } from './exits/exit-event.ts';
import { parseExitIdentity } from './exits/exit-identity.ts';
import type { PinTime } from './exits/pins.ts';
import { ReachedTargets } from './exits/reached-targets.ts';
import { targetText } from './host-text.ts';
import { RaceBook } from './race-book.ts';
import type { OpenedEvent } from './race-streams.ts';

/** What stands for the address at the exit before the exit has told it. */
const NOT_BOUND_YET: Target = { host: { type: 'ip', bytes: new Uint8Array(4) }, port: 0 };

/**
 * The client's way to a target: route, exit, stream, answer. An exit that dies before it answered, so before any
 * byte of the program was sent, is replaced by another; later than that, the program must see the reset.
 */
export class Connector {
  readonly #options: ConnectorOptions;
  readonly #chooser: ExitChooser;
  readonly #attempts = new Set<Attempt>();
  readonly #reached = new ReachedTargets();
  readonly #races: RaceBook;
  readonly #learner: ConnectionLearner;
  readonly #guard: EgressGuard;
  #exits: readonly ExitView[] = [];
  #cancelWake: () => void = () => {};

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#chooser = new ExitChooser(options);
    this.#learner = new ConnectionLearner(options);
    this.#guard = new EgressGuard(options);
    this.#races = new RaceBook({
      openStream: (exit, target) => options.mesh.openStream(exit, target),
      chooser: this.#chooser,
      learner: this.#learner,
      now: () => this.#now(),
      apply: (events) => {
        this.#apply(events);
        this.#armWake();
      },
    });
    this.nodesChanged();
  }

  /** Connections on their way. */
  get connecting(): number {
    return this.#attempts.size;
  }

  /** The exits as they were last looked at. */
  get exits(): readonly ExitView[] {
    return this.#exits;
  }

  readonly connect: Connect = (target, done, overrides) => {
    let isGivenUp = false;
    let attempt: Attempt | null = null;
    queueMicrotask(() => {
      if (isGivenUp) return;
      const route = this.#options.route(target, overrides);
      if (route.type === 'refused') return done({ type: 'failed', reason: route.reason });
      attempt = this.#begin(target, route, done);
      this.#choose(attempt);
    });
    return () => {
      isGivenUp = true;
      if (attempt !== null) this.#drop(attempt);
    };
  };

  /** To be called whenever `mesh.exits()` changed. */
  nodesChanged(): void {
    const alive = this.#refresh();
    for (const attempt of [...this.#attempts]) {
      if (attempt.opening !== null && !alive.has(attempt.opening.exit)) this.#tryAnother(attempt);
    }
    this.#armWake();
  }

  /** Gives up everything on its way. Idempotent. */
  close(): void {
    for (const attempt of [...this.#attempts]) this.#fail(attempt, 'failed');
    this.#cancelWake();
  }

  #now(): PinTime {
    return { nowMs: this.#options.scheduler.nowMs(), wallMs: this.#options.wallMs() };
  }

  #begin(target: Target, route: ExitRoute, done: Attempt['done']): Attempt {
    const key = this.#chooser.keyOf(route.request);
    const attempt: Attempt = { target, route, key, done, tries: 0, opening: null, cancelDeadline: () => {} };
    const deadlineMs = this.#options.connectDeadlineMs ?? 15_000;
    attempt.cancelDeadline = this.#options.scheduler.after(deadlineMs, () => this.#fail(attempt, 'timed-out'));
    this.#attempts.add(attempt);
    return attempt;
  }

  /** Shows the exits to the chooser and returns those that are not down. */
  #refresh(): ReadonlySet<NodeId> {
    const exits = this.#options.mesh.exits().filter((view) => view.roles.exit);
    const isInSession = ({ state }: NodeView): boolean => state === 'up' || state === 'suspect';
    this.#reached.keepOnly(new Set(exits.filter(isInSession).map((view) => view.id)));
    this.#exits = exits.flatMap(({ identity, ...view }) => {
      const known = parseExitIdentity(identity);
      return known === null ? [] : [{ ...view, identity: known }];
    });
    this.#guard.nodesChanged(this.#exits);
    this.#learner.nodesChanged(this.#exits);
    this.#apply(this.#chooser.nodesChanged(this.#exits, this.#now()));
    return new Set(exits.filter((view) => view.state !== 'down').map((view) => view.id));
  }

  #choose(attempt: Attempt): void {
    // Round-trip times change without anybody saying so. This may also decide for the attempt itself.
    this.#refresh();
    if (!this.#attempts.has(attempt) || attempt.opening !== null) return;
    this.#apply(this.#chooser.choose(attempt.route.request, this.#now()));
    this.#armWake();
  }

  #apply(events: readonly ExitEvent[]): void {
    for (const event of events) {
      this.#options.onExitEvent?.(event);
      switch (event.type) {
        case 'moved':
        case 'address-changed':
          break;
        case 'open':
        case 'locate':
          this.#races.run(event, this.#waiting(event.key)[0]);
          break;
        case 'decided':
          this.#decided(event.key, event.exit);
          break;
        case 'refused':
          this.#refused(event.key, event.reason);
          break;
        case 'no-exit':
          this.#races.end(event.key);
          for (const attempt of this.#waiting(event.key)) this.#fail(attempt, 'no-exit');
      }
    }
  }

  #waiting(key: string): Attempt[] {
    return [...this.#attempts].filter((attempt) => attempt.key === key && attempt.opening === null);
  }

  #decided(key: string, exit: NodeId): void {
    const target = this.#races.targetOf(key);
    const won = this.#races.take(key, exit);
    this.#races.end(key);
    let isFree = won !== null;
    for (const attempt of this.#waiting(key)) {
      if (isFree && won !== null && attempt.target === target) {
        isFree = false;
        this.#opened(attempt, exit, won.stream, won.opened);
      } else this.#open(attempt, exit);
    }
    if (isFree && won !== null) won.stream.reset('reset-by-near');
  }

  /** Says no to those who wanted that target; the others have theirs tried. */
  #refused(key: string, reason: ConnectFailure): void {
    const tried = this.#races.targetOf(key);
    const target = tried === null ? null : targetText(tried);
    this.#races.end(key);
    for (const attempt of this.#waiting(key)) {
      if (target === null || targetText(attempt.target) === target) this.#fail(attempt, reason);
      else this.#choose(attempt);
    }
  }

  #armWake(): void {
    this.#cancelWake();
    this.#cancelWake = () => {};
    const { wakeAtMs } = this.#chooser;
    if (wakeAtMs === null) return;
    const { scheduler } = this.#options;
    this.#cancelWake = scheduler.after(Math.max(0, wakeAtMs - scheduler.nowMs()), () => {
      this.#apply(this.#chooser.tick(this.#now()));
      this.#armWake();
    });
  }

  #open(attempt: Attempt, exit: NodeId): void {
    const stream = this.#options.mesh.openStream(exit, attempt.target);
    const target = targetText(attempt.target);
    const { site } = attempt.route.request;
    const mayBeEarly = this.#options.earlyReply === true && attempt.route.settle === null;
    if (mayBeEarly && this.#reached.has(exit, target) && this.#guard.isSettled(exit, site)) {
      // From here on there is no other exit: bytes of the program may be under way to this one.
      const early = new EarlyStream(
        stream,
        ({ bound }) => this.#guard.opened(exit, site, bound),
        () => this.#reached.delete(exit, target),
      );
      this.#end(attempt);
      const observer = this.#learner.use(exit, site, false);
      const answer = { stream: early, exit, bound: NOT_BOUND_YET, connectMs: 0, destination: null, observer };
      attempt.done({ type: 'opened', ...answer });
      return;
    }
    attempt.opening = { exit, stream };
    stream.onEvent = (event) => this.#onStreamEvent(attempt, exit, stream, event);
  }

  #onStreamEvent(attempt: Attempt, exit: NodeId, stream: MeshStream, event: StreamEvent): void {
    if (attempt.opening?.stream !== stream) return;
    switch (event.type) {
      case 'opened':
        this.#learner.connected(exit, attempt.route.request.site, event);
        this.#opened(attempt, exit, stream, event);
        return;
      case 'refused':
        this.#learner.failed(exit, attempt.route.request.site, event.reason);
        this.#fail(attempt, event.reason);
        return;
      case 'reset':
        if (event.reason === 'session-gone' || event.reason === 'shutting-down') this.#tryAnother(attempt);
        else this.#fail(attempt, 'failed');
        return;
      // Not before `opened`.
      case 'readable':
      case 'writable':
      case 'stopped':
        return;
    }
  }

  /** The exit has connected; rules that depend on where to are asked before the program may send. */
  #opened(attempt: Attempt, exit: NodeId, stream: MeshStream, event: OpenedEvent): void {
    attempt.opening = { exit, stream };
    const settled = attempt.route.settle?.(event.destination) ?? attempt.route;
    if (settled.type === 'refused') return this.#fail(attempt, settled.reason);
    const key = this.#chooser.keyOf(settled.request);
    if (key !== attempt.key) {
      this.#abandonStream(attempt);
      attempt.route = settled;
      attempt.key = key;
      this.#choose(attempt);
      return;
    }
    this.#reached.add(exit, targetText(attempt.target));
    this.#guard.opened(exit, attempt.route.request.site, event.bound);
    this.#end(attempt);
    attempt.done({ ...event, stream, exit, observer: this.#learner.use(exit, attempt.route.request.site, true) });
  }

  #tryAnother(attempt: Attempt): void {
    if (attempt.opening === null) return;
    attempt.tries++;
    this.#reached.forget(attempt.opening.exit);
    this.#abandonStream(attempt);
    if (attempt.tries >= (this.#options.maxTries ?? 3)) this.#fail(attempt, 'no-exit');
    else this.#choose(attempt);
  }

  #fail(attempt: Attempt, reason: ConnectFailure): void {
    if (!this.#drop(attempt)) return;
    attempt.done({ type: 'failed', reason });
  }

  /** Gives up silently; false where it was over already. */
  #drop(attempt: Attempt): boolean {
    if (!this.#attempts.has(attempt)) return false;
    this.#abandonStream(attempt);
    this.#end(attempt);
    const waiting = this.#waiting(attempt.key);
    if (this.#races.targetOf(attempt.key) === attempt.target || waiting.length === 0) {
      this.#chooser.abandon(attempt.key);
      this.#races.end(attempt.key);
      const [next] = waiting;
      if (next !== undefined) this.#choose(next);
    }
    return true;
  }

  #abandonStream(attempt: Attempt): void {
    if (attempt.opening === null) return;
    attempt.opening.stream.onEvent = () => {};
    attempt.opening.stream.reset('reset-by-near');
    attempt.opening = null;
  }

  #end(attempt: Attempt): void {
    this.#attempts.delete(attempt);
    attempt.cancelDeadline();
  }
}
