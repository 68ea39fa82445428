import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import t from 'tap';
import { compileHotCodeSoon } from '../../node/code-compilation.ts';

// So that it can be asked, and that the answer does not depend on another thread.
setFlagsFromString('--allow-natives-syntax');
setFlagsFromString('--no-concurrent-recompilation');

/** What a piece of JavaScript defines; its text differs by `salt`, or V8 would take it for one that it has met before. */
function compiled(text: string, salt: number): (value: unknown) => unknown {
  const defined: unknown = runInThisContext(`/* ${salt} */ ${text}`);
  if (typeof defined !== 'function') throw new Error('not a function');
  return (value) => Reflect.apply(defined, undefined, [value]);
}

/** How often a function runs until V8 has optimised it. */
function runsUntilOptimised(salt: number): number {
  const probe = compiled(
    `(() => {
      const work = (n) => { let sum = ${salt}; for (let i = 0; i < n; i++) sum = (sum * 31 + i) | 0; return sum; };
      return (n) => { work(n); return (%GetOptimizationStatus(work) & 16) !== 0; };
    })()`,
    salt,
  );
  let runs = 1;
  while (probe(20) !== true) {
    runs++;
    if (runs > 1_000_000) throw new Error('never optimised');
  }
  return runs;
}

await t.test('hot functions are optimised after less than two thirds of the usual work', async (t) => {
  runsUntilOptimised(1);
  const before = runsUntilOptimised(2);
  compileHotCodeSoon();
  const after = runsUntilOptimised(3);
  t.ok(after < (before * 2) / 3, `${after} runs, ${before} before`);
});
