import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import t from 'tap';
import { compileEarly } from '../../node/code-compilation.ts';

/** V8's own bit for code of its optimizing compiler, in what `%GetOptimizationStatus` returns. */
const OPTIMIZED = 1 << 4;
const MAX_CALLS = 100_000;

/** V8 may begin to count anew, as when it learns of another type: the quickest of so many functions tells of the budget alone. */
const FUNCTIONS = 8;

/** How many calls a new function takes until V8 has compiled it, at least. */
function leastCallsUntilCompiled(): number {
  return Math.min(...Array.from({ length: FUNCTIONS }, callsUntilCompiled));
}

function callsUntilCompiled(): number {
  const source = `(() => {
    const fresh = (x) => { let y = x; y += 1; y ^= 3; y += 5; y ^= 7; y += 9; return y; };
    const count = () => {
      let calls = 0;
      while (calls < ${MAX_CALLS} && (%GetOptimizationStatus(fresh) & ${OPTIMIZED}) === 0) { fresh(calls); calls++; }
      return calls;
    };
    // Compiled, it would hold a copy of the function, which is never called again.
    %NeverOptimizeFunction(count);
    return count();
  })()`;
  return Number(runInThisContext(source));
}

t.test('a function is compiled after fewer calls', (t) => {
  setFlagsFromString('--allow-natives-syntax');
  setFlagsFromString('--no-concurrent-recompilation');
  const before = leastCallsUntilCompiled();
  compileEarly();
  const after = leastCallsUntilCompiled();
  t.ok(after > 0 && after < before * 0.6 && before < MAX_CALLS, `${before} calls before, ${after} after`);
  t.end();
});
