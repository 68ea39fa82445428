// Runs tap with the arguments given, and without what it only needs to count lines where nobody wants them counted.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const requireHere = createRequire(import.meta.url);
const tap = join(dirname(requireHere.resolve('tap/package.json')), 'dist/esm/run.mjs');
const words = process.argv.slice(2);
const withoutHooks = { NODE_OPTIONS: `--import=${new URL('without-hooks.js', import.meta.url)}` };
const env = { ...process.env, ...(words.includes('--disable-coverage') ? withoutHooks : {}) };
process.exitCode = spawnSync(process.execPath, [tap, ...words], { stdio: 'inherit', env }).status ?? 1;
