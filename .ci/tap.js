// Runs tap with the arguments given. tap compiles its plugins in. After npm ci it has all of them, also those that .taprc
// turns off, and would notice too late to leave their loaders out of that first run. So it is rebuilt here, once: some
// seconds, no network.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const requireHere = createRequire(import.meta.url);
const turnedOff = [...readFileSync(join(root, '.taprc'), 'utf8').matchAll(/^ *- '!(.+)'$/gm)].map((match) => match[1]);
// tap must be loaded before its part that knows the plugins.
requireHere('tap');
const builtIn = createRequire(requireHere.resolve('tap'))('@tapjs/test').signature.split('\n');

const tap = join(dirname(requireHere.resolve('tap/package.json')), 'dist/esm/run.mjs');
const run = (args, env) =>
  spawnSync(process.execPath, [tap, ...args], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    .status ?? 1;

const words = process.argv.slice(2);
const withoutHooks = `--import=${new URL('without-hooks.js', import.meta.url)}`;
const isPrepared = !turnedOff.some((plugin) => builtIn.includes(plugin)) || run(['build'], {}) === 0;
process.exitCode = isPrepared
  ? run(words, words.includes('--disable-coverage') ? { NODE_OPTIONS: withoutHooks } : {})
  : 1;
