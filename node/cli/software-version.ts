import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How many folders up a package.json is looked for: the sources lie two below it, what is built from them three. */
const MAX_LEVELS = 5;

/** The version from our package.json, or `0.0.0` where it does not lie above this file. */
export function readSoftwareVersion(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let level = 0; level < MAX_LEVELS; level++) {
    try {
      const found: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      if (typeof found === 'object' && found !== null && 'version' in found && typeof found.version === 'string') {
        return found.version;
      }
    } catch {
      // Not here; one folder up.
    }
    folder = dirname(folder);
  }
  return '0.0.0';
}
