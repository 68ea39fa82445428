import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from '../user-error.ts';

/** Whoever holds a guard for longer than this has died with it. */
const GUARD_STALE_MS = 10_000;
const GUARD_RETRY_MS = 50;

/**
 * Runs `work` while no other process does so under this name in this folder. For short work on files: what takes
 * more than 10 s is thought to be dead.
 */
export async function withGuard<T>(folder: string, name: string, work: () => Promise<T> | T): Promise<T> {
  const guard = join(folder, name);
  await take(guard);
  try {
    return await work();
  } finally {
    rmSync(guard, { force: true });
  }
}

async function take(guard: string): Promise<void> {
  for (;;) {
    try {
      writeFileSync(guard, `${process.pid}\n`, { mode: 0o600, flag: 'wx' });
      return;
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    }
    if (ageMs(guard) > GUARD_STALE_MS) rmSync(guard, { force: true });
    else await sleep(GUARD_RETRY_MS);
  }
}

function ageMs(guard: string): number {
  const modifiedMs = statSync(guard, { throwIfNoEntry: false })?.mtimeMs;
  return modifiedMs === undefined ? 0 : Math.abs(Date.now() - modifiedMs);
}
