import type { NodeId } from '../config/node-id.ts';
import type { MeshStream, StreamEvent } from '../mesh/mesh-stream.ts';
import { type Attempt, type AttemptOutcome, letGoOf, type Reached } from './connect-attempt.ts';
import type { ConnectFailure } from './connect-outcome.ts';
import type { ConnectionObserver } from './connection-observer.ts';
import { ConnectionLearner } from './connection-learner.ts';
import type { ConnectorOptions } from './connector-options.ts';
import { EarlyStream } from './early-stream.ts';
import { ExitDecisions } from './exit-decisions.ts';
import type { ChoiceRequest } from './exits/choice-request.ts';
import { EgressGuard } from './exits/egress-guard.ts';
import type { ExitEvent } from './exits/exit-event.ts';
import { permits } from './exits/exit-policy.ts';
import type { ExitView } from './exits/exit-view.ts';
import { ReachedTargets } from './exits/reached-targets.ts';
import { targetText } from './host-text.ts';
import { letGo } from './let-go.ts';
import { RaceBook } from './race-book.ts';
import type { OpenedEvent } from './race-streams.ts';
import { TentativePins } from './tentative-pins.ts';

/**
 * Connections on their way through exits: each waits for the decision where its site goes, then for that exit to connect.
 * An exit that dies before it answered, so before any byte of the program was sent, is replaced by another.
 */
export class ExitAttempts {
  readonly #options: ConnectorOptions;
  readonly #decisions: ExitDecisions;
  readonly #attempts = new Set<Attempt>();
  readonly #reached = new ReachedTargets();
  readonly #races: RaceBook;
  readonly #learner: ConnectionLearner;
  readonly #guard: EgressGuard;
  readonly #tentative: TentativePins;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#learner = new ConnectionLearner(options);
    this.#guard = new EgressGuard(options);
    this.#tentative = new TentativePins(options.pins, () => options.changed?.('pin'));
    this.#decisions = new ExitDecisions(options, {
      seen: (exits) => {
        const inSession = exits.filter(({ state }) => state === 'up' || state === 'suspect');
        this.#reached.keepOnly(new Set(inSession.map(({ id }) => id)));
        this.#guard.nodesChanged(exits);
        this.#learner.nodesChanged(exits);
      },
      happened: (event) => this.#happened(event),
    });
    this.#races = new RaceBook({
      openStream: (exit, target) => options.mesh.openStream(exit, target),
      chooser: this.#decisions.chooser,
      learner: this.#learner,
      now: this.#decisions.now,
      apply: this.#decisions.apply,
    });
    this.nodesChanged();
  }

  /** The exits as they were last looked at. */
  get exits(): readonly ExitView[] {
    return this.#decisions.exits;
  }

  /** What is kept in memory, in entries of each kind. */
  get sizes(): Readonly<Record<'deciding' | 'racing' | 'inUse' | 'reachedTargets', number>> {
    const { deciding } = this.#decisions.chooser;
    return { deciding, racing: this.#races.size, inUse: this.#learner.uses, reachedTargets: this.#reached.size };
  }

  /** Whether an exit is up or may come up soon. */
  get mayServe(): boolean {
    return this.#decisions.chooser.mayServe(this.exits, this.#options.scheduler.nowMs());
  }

  /** Whether two requests are one decision. */
  isSame(a: ChoiceRequest, b: ChoiceRequest): boolean {
    return this.#decisions.chooser.keyOf(a) === this.#decisions.chooser.keyOf(b);
  }

  /** An attempt that is not on its way yet; see {@link Attempt} for what is asked for. */
  prepare(
    wanted: Pick<Attempt, 'target' | 'request' | 'isTentative' | 'parked'>,
    done: (outcome: AttemptOutcome) => void,
  ): Attempt {
    return { ...wanted, key: this.#decisions.chooser.keyOf(wanted.request), done, tries: 0, opening: null };
  }

  /**
   * Sends it on its way. `done` is called once, perhaps inside the call. What was reached must then be used
   * ({@link ExitAttempts.keep}), let go ({@link ExitAttempts.letGo}) or parked in the next attempt, at once.
   */
  start(attempt: Attempt): void {
    const { parked, request } = attempt;
    if (parked !== null) {
      parked.stream.onEvent = ({ type }) => {
        if (type === 'reset') attempt.parked = null;
      };
      if (!this.#isPinFor(parked, request)) this.#unpinTentative(parked.site);
    }
    this.#attempts.add(attempt);
    this.#choose(attempt);
  }

  /** Gives up silently. Idempotent. */
  drop(attempt: Attempt): void {
    if (!this.#attempts.delete(attempt)) return;
    letGoOf(attempt, 'opening');
    letGoOf(attempt, 'parked');
    this.#unpinTentative(attempt.request.site);
    const waiting = this.#waiting(attempt.key);
    if (this.#races.targetOf(attempt.key) !== attempt.target && waiting.length > 0) return;
    this.#decisions.abandon(attempt.key);
    this.#races.end(attempt.key);
    const [next] = waiting;
    if (next !== undefined) this.#choose(next);
  }

  /** What was reached is the connection. */
  keep({ exit, site, stream, opened }: Reached): ConnectionObserver {
    this.#tentative.keep(site);
    this.#guard.opened(exit, site, opened.bound);
    this.#reached.add(exit, targetText(stream.target));
    return this.#learner.use(exit, site, true);
  }

  /** The rules do not want what was reached: the exit closes its connection, on which nothing was sent. */
  letGo({ site, stream }: Reached): void {
    letGo(stream);
    this.#unpinTentative(site);
  }

  /** To be called whenever `mesh.exits()` changed. */
  nodesChanged(): void {
    this.#decisions.look();
    const alive = new Set(this.exits.filter(({ state }) => state !== 'down').map(({ id }) => id));
    for (const attempt of [...this.#attempts]) {
      if (attempt.opening !== null && !alive.has(attempt.opening.exit)) this.#tryAnother(attempt);
    }
  }

  /** Decides nothing any more. Attempts are their owner's to drop. Idempotent. */
  close(): void {
    this.#decisions.close();
  }

  #choose(attempt: Attempt): void {
    // Round-trip times change without anybody saying so. This may also decide for the attempt itself.
    this.#decisions.look();
    if (this.#isWaiting(attempt)) this.#decisions.choose(attempt.request);
  }

  #happened(event: ExitEvent): void {
    switch (event.type) {
      case 'moved':
      case 'address-changed':
        return;
      case 'open':
      case 'locate':
        this.#races.run(event, this.#waiting(event.key)[0]);
        return;
      case 'decided':
        this.#decided(event);
        return;
      case 'refused':
        this.#refused(event.key, event.reason);
        return;
      case 'no-exit':
        this.#races.end(event.key);
        for (const attempt of this.#waiting(event.key)) this.#fail(attempt, 'no-exit');
    }
  }

  #isWaiting(attempt: Attempt): boolean {
    return this.#attempts.has(attempt) && attempt.opening === null;
  }

  #waiting(key: string): Attempt[] {
    return [...this.#attempts].filter((attempt) => attempt.key === key && this.#isWaiting(attempt));
  }

  #decided({ key, site, exit, isNew }: Extract<ExitEvent, { readonly type: 'decided' }>): void {
    const target = this.#races.targetOf(key);
    let won = this.#races.take(key, exit);
    const waiting = this.#waiting(key);
    if (isNew && waiting.every(({ isTentative }) => isTentative)) this.#tentative.add(site);
    for (const attempt of waiting) {
      // One that was told before it may have led to others being dropped.
      if (!this.#isWaiting(attempt)) continue;
      if (won !== null && attempt.target === target) {
        const { stream, opened } = won;
        won = null;
        letGoOf(attempt, 'parked');
        this.#arrived(attempt, exit, stream, opened);
      } else if (attempt.parked?.exit === exit) {
        this.#arrived(attempt, exit, attempt.parked.stream, attempt.parked.opened);
      } else {
        letGoOf(attempt, 'parked');
        this.#open(attempt, exit);
      }
    }
    if (won !== null) letGo(won.stream);
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

  #open(attempt: Attempt, exit: NodeId): void {
    const { target, isTentative } = attempt;
    const { site } = attempt.request;
    const stream = this.#options.mesh.openStream(exit, target);
    const text = targetText(target);
    const mayBeEarly = this.#options.earlyReply === true && !isTentative;
    if (mayBeEarly && this.#reached.has(exit, text) && this.#guard.isSettled(exit, site)) {
      // From here on there is no other exit: bytes of the program may be under way to this one.
      const early = new EarlyStream(
        stream,
        ({ bound }) => this.#guard.opened(exit, site, bound),
        () => this.#reached.delete(exit, text),
      );
      this.#attempts.delete(attempt);
      this.#tentative.keep(site);
      const observer = this.#learner.use(exit, site, false);
      attempt.done({ type: 'early', exit, stream: early, observer });
      return;
    }
    attempt.opening = { exit, stream };
    stream.onEvent = (event) => this.#onStreamEvent(attempt, exit, stream, event);
  }

  #onStreamEvent(attempt: Attempt, exit: NodeId, stream: MeshStream, event: StreamEvent): void {
    if (attempt.opening?.stream !== stream) return;
    const { site } = attempt.request;
    switch (event.type) {
      case 'opened':
        this.#learner.connected(exit, site, event);
        this.#arrived(attempt, exit, stream, event);
        return;
      case 'refused':
        this.#learner.failed(exit, site, event.reason);
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
    }
  }

  #arrived(attempt: Attempt, exit: NodeId, stream: MeshStream, opened: OpenedEvent): void {
    this.#attempts.delete(attempt);
    attempt.opening = null;
    attempt.parked = null;
    stream.onEvent = () => {};
    attempt.done({ type: 'reached', reached: { exit, site: attempt.request.site, stream, opened } });
  }

  #tryAnother(attempt: Attempt): void {
    if (attempt.opening === null) return;
    attempt.tries++;
    this.#reached.forget(attempt.opening.exit);
    letGoOf(attempt, 'opening');
    if (attempt.tries >= (this.#options.maxTries ?? 3)) this.#fail(attempt, 'no-exit');
    else this.#choose(attempt);
  }

  #fail(attempt: Attempt, reason: ConnectFailure): void {
    if (!this.#attempts.has(attempt)) return;
    this.drop(attempt);
    attempt.done({ type: 'failed', reason });
  }

  /** Whether a pin that was made for what was reached may serve another request of the same connection. */
  #isPinFor({ exit, site }: Reached, { site: other, policy }: ChoiceRequest): boolean {
    const view = this.exits.find(({ id }) => id === exit);
    return site === other && policy.type !== 'exit' && view !== undefined && permits(policy, view);
  }

  /** Takes a tentative pin back, unless others of its site are still on their way. */
  #unpinTentative(site: string): void {
    const isWanted = (): boolean => [...this.#attempts].some(({ request }) => request.site === site);
    this.#tentative.takeBack(site, isWanted, this.#decisions.now());
  }
}
