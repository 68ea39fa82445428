import type { NodeId } from '../../config/node-id.ts';
import type { PingReport } from './reports.ts';
import { wait } from './wait.ts';

/** How long an answer is waited for, in ms: no round trip takes longer, and a probe that is lost is repeated by the session before. */
const ANSWER_DEADLINE_MS = 2_000;

/** Sends echoes through the mesh, one at a time for each node, and hands each answer to who asked. */
export class Pinger {
  readonly #send: (peer: NodeId) => void;
  readonly #waiting = new Map<NodeId, Set<(rttMs: number) => void>>();

  /** `send` sends one echo request; its answer is reported to {@link Pinger.pong}. */
  constructor(send: (peer: NodeId) => void) {
    this.#send = send;
  }

  /** An answer came. Whoever waits for that node gets it. */
  pong(peer: NodeId, rttMs: number): void {
    const waiting = this.#waiting.get(peer);
    this.#waiting.delete(peer);
    for (const answer of waiting ?? []) answer(rttMs);
  }

  /** Sends `count` echoes, the next `everyMs` after the last or when that was answered; ends early once `signal` aborts. */
  async run(
    peer: NodeId,
    { count, everyMs, signal }: { readonly count: number; readonly everyMs: number; readonly signal: AbortSignal },
    report: (item: PingReport) => void,
  ): Promise<void> {
    for (let sequence = 1; sequence <= count && !signal.aborted; sequence++) {
      const pause = sequence < count ? wait(everyMs, signal) : null;
      const rttMs = await this.#once(peer, signal);
      if (signal.aborted) return;
      report({ sequence, rttMs });
      await pause;
    }
  }

  #once(peer: NodeId, signal: AbortSignal): Promise<number | null> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(peer) ?? new Set();
      this.#waiting.set(peer, waiting);
      const done = (rttMs: number | null): void => {
        clearTimeout(deadline);
        signal.removeEventListener('abort', giveUp);
        waiting.delete(done);
        resolve(rttMs);
      };
      const giveUp = (): void => done(null);
      const deadline = setTimeout(giveUp, ANSWER_DEADLINE_MS);
      signal.addEventListener('abort', giveUp, { once: true });
      waiting.add(done);
      this.#send(peer);
    });
  }
}
