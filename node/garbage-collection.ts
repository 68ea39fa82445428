import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from marking the heap bit by bit on threads of its own. Bytes that pass through count as its memory while they
 * do, so a bulk transfer starts a round of marking ten times a second, on every core there is, for a heap of 20 MB: that
 * took two fifths of all CPU time (docs/BENCHMARKS.md). Such a heap is marked at one go in 10 to 20 ms, a few times a minute.
 *
 * To be called once, before anything is loaded that a transfer needs.
 */
export function markHeapAtOneGo(): void {
  setFlagsFromString('--no-incremental-marking');
}
