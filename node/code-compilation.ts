import { setFlagsFromString } from 'node:v8';

/** After how many bytes of its byte code were run V8 compiles a function; 67,584 unless told. */
const BYTES_RUN_BEFORE_COMPILING = 20_000;

/**
 * Has V8 compile what is called often earlier than it would. A packet of a handful of bytes takes a long way without loops
 * through the code, so with V8's own budget a node's first thousands of packets and connections are its slowest
 * (docs/BENCHMARKS.md).
 *
 * To be called once, before anything is loaded that a connection needs.
 */
export function compileEarly(): void {
  setFlagsFromString(`--interrupt-budget=${BYTES_RUN_BEFORE_COMPILING}`);
}
