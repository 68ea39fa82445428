import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 optimise what a transfer runs after less than half the usual work (`--interrupt-budget`, else 66 KB of byte code). On a
 * fast reliable link a message of 64 KB is one turn of all that code, so it used to take eight seconds of transfer until
 * all of it was fast (docs/BENCHMARKS.md).
 *
 * To be called once, before anything is loaded that a transfer needs.
 */
export function compileHotCodeSoon(): void {
  setFlagsFromString('--interrupt-budget=30000');
}
