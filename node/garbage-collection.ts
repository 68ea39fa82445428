import { runInNewContext } from 'node:vm';
import { setV8Flag } from './v8-flags.ts';

/** 23 days: as good as never, in ms, and fits V8's number. */
const NEVER_MS = 2_000_000_000;

/**
 * Keeps V8 from waiting for a quiet moment to mark the heap bit by bit: after {@link markHeapAtOneGo} it could not, and would wake an
 * idle process every 8 s to try again, for ever. To be called before anything else is loaded: what has begun to wait goes on.
 */
export function waitForNoQuietMoment(): void {
  setV8Flag(`--gc-memory-reducer-start-delay-ms=${NEVER_MS}`);
}

/**
 * Keeps V8 from marking the heap bit by bit on threads of its own. Bytes that pass through count as its memory while they
 * do, so a bulk transfer starts a round of marking ten times a second, on every core there is, for a heap of some 15 MB: its
 * threads alone took a quarter of the machine (docs/BENCHMARKS.md). Marked at one go it is a pause of 20 to 40 ms, once in some seconds.
 *
 * To be called once, before anything is loaded that a transfer needs.
 */
export function markHeapAtOneGo(): void {
  // Loading a program starts a round already, and V8 aborts now and then where one is under way when the flag changes.
  collectNow();
  setV8Flag('--no-incremental-marking');
}

/** Collects all garbage within the call, which also ends a round of marking that had begun. */
function collectNow(): void {
  setV8Flag('--expose-gc');
  // Only contexts made after that flag have the function.
  const collect: unknown = runInNewContext('globalThis.gc');
  setV8Flag('--no-expose-gc');
  if (typeof collect === 'function') collect();
}
