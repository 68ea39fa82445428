// Removes from dist/ what was compiled from a source that is gone: the incremental compiler leaves it there, and a
// test that nobody wrote any more would still run.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const compiled = /\.(?:js|js\.map|d\.ts)$/;

if (existsSync(dist)) {
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !compiled.test(path)) continue;
    const stem = join(root, relative(dist, path)).replace(compiled, '');
    if (!existsSync(`${stem}.ts`) && !existsSync(`${stem}.tsx`)) rmSync(path);
  }
}
