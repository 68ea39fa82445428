import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** A fresh folder with a short path, because a socket's name has about 100 bytes only; it goes with the test. */
export function shortFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'uv-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
