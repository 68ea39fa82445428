import { setV8Flag } from './v8-flags.ts';

/**
 * After how much of its byte code was run V8 compiles a function: 67,584 bytes unless told, in newer versions 3,000 times its
 * own length.
 */
const BUDGET = {
  '11.3': '--interrupt-budget=20000',
  '12.4': '--invocation-count-for-turbofan=900',
  '13.6': '--invocation-count-for-turbofan=900',
} as const;

/**
 * Has V8 compile what is called often earlier than it would. A packet of a handful of bytes takes a long way without loops
 * through the code, so with V8's own budget a node's first thousands of packets and connections are its slowest
 * (docs/BENCHMARKS.md).
 *
 * To be called once, before anything is loaded that a connection needs.
 */
export function compileEarly(): void {
  setV8Flag(BUDGET);
}
