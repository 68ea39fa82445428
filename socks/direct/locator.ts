import { LRUCache } from 'lru-cache';
import type { NodeId } from '../../config/node-id.ts';
import type { MeshStream } from '../../mesh/mesh-stream.ts';
import type { Destination, Target } from '../../mesh/session/target.ts';
import type { ConnectFailure } from '../connect-outcome.ts';
import type { ExitView } from '../exits/exit-view.ts';
import { locateAt, type LocateAnswer } from '../locate-at.ts';
import type { Scheduler } from '../scheduler.ts';

/** Where a name is, or why nobody says. */
export type Location =
  | { readonly type: 'located'; readonly destination: Destination }
  | { readonly type: 'failed'; readonly reason: ConnectFailure };

/** What a {@link Locator} is made of. */
export interface LocatorOptions {
  readonly openStream: (exit: NodeId, target: Target) => MeshStream;
  readonly scheduler: Scheduler;
  /** The exits as they are now. */
  readonly exits: () => readonly ExitView[];
  /** Whether one of them is up or may come up soon. */
  readonly mayServe: () => boolean;
}

/** How long an exit that must come up first is waited for, in ms. */
const WAIT_MS = 5_000;
/** How long one exit may take to answer, in ms, before another is asked. */
const PATIENCE_MS = 3_000;
/** Exits asked for one name. */
const MAX_EXITS = 3;
/** How long an answer is used again, in ms: as long as exits do, which are not told how long it may be. */
const TTL_MS = 30_000;
const MAX_ANSWERS = 4_096;
/** What is taken for the round trip to an exit where it was not measured yet, in ms. */
const FAR_MS = 60_000;

/** One name that somebody wants to know of. */
interface Question {
  readonly name: string;
  readonly askers: Set<(location: Location) => void>;
  readonly asked: Set<NodeId>;
  readonly cancelWait: () => void;
  /** Gives up the exit that is being asked; null where none is. */
  cancelAsking: (() => void) | null;
  /** What the exits asked so far said. */
  reason: ConnectFailure;
}

/**
 * Finds out where names are by asking exits, the nearest first, so that no look-up ever leaves this machine in the clear.
 * Where none is up nobody knows, whatever was known before. All who ask the same at the same time share one question.
 */
export class Locator {
  readonly #options: LocatorOptions;
  readonly #questions = new Map<string, Question>();
  readonly #answers = new LRUCache<string, { readonly destination: Destination; readonly untilMs: number }>({
    max: MAX_ANSWERS,
  });

  constructor(options: LocatorOptions) {
    this.#options = options;
  }

  /** Calls `done` once, never inside the call, and not at all after the returned function was called, which gives up. */
  locate(name: string, done: (location: Location) => void): () => void {
    const asker = (location: Location): void => done(location);
    let isWanted = true;
    queueMicrotask(() => {
      if (isWanted) this.#ask(name, asker);
    });
    return () => {
      isWanted = false;
      const question = this.#questions.get(name);
      question?.askers.delete(asker);
      if (question?.askers.size === 0) this.#end(question);
    };
  }

  /** To be called whenever exits changed. */
  nodesChanged(): void {
    for (const question of [...this.#questions.values()]) if (question.cancelAsking === null) this.#next(question);
  }

  #ask(name: string, asker: (location: Location) => void): void {
    const { exits, scheduler } = this.#options;
    const known = this.#answers.get(name);
    if (known !== undefined && scheduler.nowMs() < known.untilMs && exits().some(answers)) {
      asker({ type: 'located', destination: known.destination });
      return;
    }
    const running = this.#questions.get(name);
    if (running !== undefined) {
      running.askers.add(asker);
      return;
    }
    const question: Question = {
      name,
      askers: new Set([asker]),
      asked: new Set(),
      cancelWait: scheduler.after(WAIT_MS, () => {
        if (question.asked.size === 0) this.#answer(question, { type: 'failed', reason: 'no-exit' });
      }),
      cancelAsking: null,
      reason: 'no-exit',
    };
    this.#questions.set(name, question);
    this.#next(question);
  }

  /** Asks the nearest exit that was not asked yet. */
  #next(question: Question): void {
    const { exits, mayServe, openStream, scheduler } = this.#options;
    const { name, asked, reason } = question;
    const [exit] = exits()
      .filter((each) => answers(each) && !asked.has(each.id))
      .toSorted(byPromise);
    if (exit === undefined || asked.size >= MAX_EXITS) {
      // Those that were asked may have died since: then there is no exit, whatever they said.
      if (asked.size > 0 || !mayServe()) this.#answer(question, { type: 'failed', reason });
      return;
    }
    asked.add(exit.id);
    const heard = (answer: LocateAnswer): void => {
      cancelPatience();
      this.#heard(question, answer);
    };
    const cancelPatience = scheduler.after(PATIENCE_MS, () => {
      giveUp();
      this.#heard(question, { type: 'refused', reason: 'timed-out' });
    });
    const giveUp = locateAt(openStream, exit.id, { type: 'name', name }, heard);
    question.cancelAsking = () => {
      cancelPatience();
      giveUp();
    };
  }

  #heard(question: Question, answer: LocateAnswer): void {
    question.cancelAsking = null;
    if (answer.type === 'located' && answer.destination !== null) {
      const { destination } = answer;
      this.#answers.set(question.name, { destination, untilMs: this.#options.scheduler.nowMs() + TTL_MS });
      this.#answer(question, { type: 'located', destination });
      return;
    }
    const reason = answer.type === 'located' ? 'failed' : answer.reason;
    // These are answers; anything else may be the exit's own trouble.
    if (reason === 'no-such-host' || reason === 'not-allowed') {
      this.#answer(question, { type: 'failed', reason });
      return;
    }
    question.reason = reason === 'session-gone' ? 'no-exit' : reason;
    this.#next(question);
  }

  #answer(question: Question, location: Location): void {
    this.#end(question);
    for (const asker of question.askers) asker(location);
  }

  #end(question: Question): void {
    this.#questions.delete(question.name);
    question.cancelWait();
    question.cancelAsking?.();
    question.cancelAsking = null;
  }
}

function answers({ state }: ExitView): boolean {
  return state === 'up' || state === 'suspect';
}

/** Suspicion is often wrong, but any other exit is as good for a question. Then the nearest first. */
function byPromise(a: ExitView, b: ExitView): number {
  return (
    Number(b.state === 'up') - Number(a.state === 'up') || (a.rttMs ?? FAR_MS) - (b.rttMs ?? FAR_MS) || a.id - b.id
  );
}
