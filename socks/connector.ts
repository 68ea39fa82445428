import type { NodeId } from '../config/node-id.ts';
import type { MeshStream, StreamEvent } from '../mesh/mesh-stream.ts';
import type { NodeView } from '../mesh/mesh-view.ts';
import type { Target } from '../mesh/session/target.ts';
import type { Connect, ConnectFailure, ConnectOutcome } from './connect-outcome.ts';
import { EarlyStream } from './early-stream.ts';
import { ExitChooser } from './exits/exit-chooser.ts';
import type { ExitChooserOptions, ExitEvent } from './exits/exit-chooser.ts';
import { ReachedTargets } from './exits/reached-targets.ts';
import { siteOf } from './exits/site.ts';
import { targetText } from './host-text.ts';
import type { Scheduler } from './scheduler.ts';

/** The mesh as the connector needs it. */
export interface ConnectorMesh {
  /** The nodes that may be exits, as they are now. */
  exits(): readonly NodeView[];
  openStream(exit: NodeId, target: Target): MeshStream;
}

/** What a {@link Connector} is made of. */
export interface ConnectorOptions extends ExitChooserOptions {
  readonly mesh: ConnectorMesh;
  readonly scheduler: Scheduler;
  /** For waiting for an exit and all tries together, in ms; 15 s unless told. */
  readonly connectDeadlineMs?: number;
  /** Exits tried for one connection; 3 unless told. */
  readonly maxTries?: number;
  /**
   * Whether a program is told that it is connected before the exit is, where that exit connected to the same target
   * before in its session. False unless told.
   */
  readonly earlyReply?: boolean;
  /** Told which site goes where, and why it moved. */
  readonly onExitEvent?: (event: ExitEvent) => void;
}

/** One connection on its way. */
interface Attempt {
  readonly target: Target;
  readonly site: string;
  readonly done: (outcome: ConnectOutcome) => void;
  readonly failed: NodeId[];
  /** The stream that is being opened; null while the site waits for an exit. */
  opening: { readonly exit: NodeId; readonly stream: MeshStream } | null;
  cancelDeadline: () => void;
}

/** What stands for the address at the exit before the exit has told it. */
const NOT_BOUND_YET: Target = { host: { type: 'ip', bytes: new Uint8Array(4) }, port: 0 };

/**
 * The client's way to a target: site, exit, stream, answer. An exit that dies before it answered, so before any
 * byte of the program was sent, is replaced by another; later than that, the program must see the reset.
 */
export class Connector {
  readonly #options: ConnectorOptions;
  readonly #chooser: ExitChooser;
  readonly #attempts = new Set<Attempt>();
  readonly #reached = new ReachedTargets();
  #cancelWake: () => void = () => {};

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#chooser = new ExitChooser(options);
    this.nodesChanged();
  }

  /** Connections on their way. */
  get connecting(): number {
    return this.#attempts.size;
  }

  readonly connect: Connect = (target, done) => {
    const attempt: Attempt = {
      target,
      site: siteOf(target.host).name,
      done,
      failed: [],
      opening: null,
      cancelDeadline: () => {},
    };
    const deadlineMs = this.#options.connectDeadlineMs ?? 15_000;
    attempt.cancelDeadline = this.#options.scheduler.after(deadlineMs, () => this.#fail(attempt, 'timed-out'));
    this.#attempts.add(attempt);
    queueMicrotask(() => this.#choose(attempt));
    return () => this.#drop(attempt);
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

  /** Shows the exits to the chooser and returns those that are not down. */
  #refresh(): ReadonlySet<NodeId> {
    const exits = this.#options.mesh.exits().filter((view) => view.roles.exit);
    const isInSession = ({ state }: NodeView): boolean => state === 'up' || state === 'suspect';
    this.#reached.keepOnly(new Set(exits.filter(isInSession).map((view) => view.id)));
    this.#apply(this.#chooser.nodesChanged(exits));
    return new Set(exits.filter((view) => view.state !== 'down').map((view) => view.id));
  }

  #choose(attempt: Attempt): void {
    // Round-trip times change without anybody saying so. This may also decide for the attempt itself.
    this.#refresh();
    if (!this.#attempts.has(attempt) || attempt.opening !== null) return;
    this.#apply(this.#chooser.choose(attempt.site, this.#options.scheduler.nowMs(), attempt.failed));
    this.#armWake();
  }

  #apply(events: readonly ExitEvent[]): void {
    for (const event of events) {
      this.#options.onExitEvent?.(event);
      if (event.type === 'moved') continue;
      for (const attempt of [...this.#attempts]) {
        const isWaiting = attempt.opening === null && this.#attempts.has(attempt);
        if (attempt.site !== event.site || !isWaiting) continue;
        if (event.type === 'decided') this.#open(attempt, event.exit);
        else this.#fail(attempt, 'no-exit');
      }
    }
  }

  #armWake(): void {
    this.#cancelWake();
    this.#cancelWake = () => {};
    const { wakeAtMs } = this.#chooser;
    if (wakeAtMs === null) return;
    const { scheduler } = this.#options;
    this.#cancelWake = scheduler.after(Math.max(0, wakeAtMs - scheduler.nowMs()), () => {
      this.#apply(this.#chooser.tick(scheduler.nowMs()));
      this.#armWake();
    });
  }

  #open(attempt: Attempt, exit: NodeId): void {
    const stream = this.#options.mesh.openStream(exit, attempt.target);
    const target = targetText(attempt.target);
    if (this.#options.earlyReply === true && this.#reached.has(exit, target)) {
      // From here on there is no other exit: bytes of the program may be under way to this one.
      const early = new EarlyStream(stream, () => this.#reached.delete(exit, target));
      this.#end(attempt);
      attempt.done({ type: 'opened', stream: early, exit, bound: NOT_BOUND_YET, connectMs: 0, destination: null });
      return;
    }
    attempt.opening = { exit, stream };
    stream.onEvent = (event) => this.#onStreamEvent(attempt, exit, stream, event);
  }

  #onStreamEvent(attempt: Attempt, exit: NodeId, stream: MeshStream, event: StreamEvent): void {
    if (attempt.opening?.stream !== stream) return;
    switch (event.type) {
      case 'opened':
        this.#reached.add(exit, targetText(attempt.target));
        this.#end(attempt);
        attempt.done({ ...event, stream, exit });
        return;
      case 'refused':
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

  #tryAnother(attempt: Attempt): void {
    if (attempt.opening === null) return;
    attempt.failed.push(attempt.opening.exit);
    this.#reached.forget(attempt.opening.exit);
    this.#abandonStream(attempt);
    if (attempt.failed.length >= (this.#options.maxTries ?? 3)) this.#fail(attempt, 'no-exit');
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
