// tap compiles its plugins in. After npm ci it has all of them, also those that .taprc turns off, and would notice too
// late to leave their loaders out of that first run. So it is rebuilt here, once: some seconds, no network.
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

if (turnedOff.some((plugin) => builtIn.includes(plugin))) {
  const tap = join(dirname(requireHere.resolve('tap/package.json')), 'dist/esm/run.mjs');
  process.exitCode = spawnSync(process.execPath, [tap, 'build'], { cwd: root, stdio: 'inherit' }).status ?? 1;
}
