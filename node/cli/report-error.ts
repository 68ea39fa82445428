import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { appendPrivately } from '../files/append-privately.ts';
import { UserError } from '../user-error.ts';

/** What a failed command prints, and the exit status it ends with. */
export interface ErrorReport {
  readonly text: string;
  readonly exitStatus: 1 | 2;
}

/**
 * Puts an error into words. The details of one that nobody expected go to a file beside the configuration, because a
 * stack trace helps no user; `debug` shows them.
 */
export function reportError(error: unknown, configPath: string, debug: boolean, wallMs: number): ErrorReport {
  if (error instanceof UserError) return { text: debug ? details(error) : error.message, exitStatus: error.exitStatus };
  if (debug) return { text: details(error), exitStatus: 1 };
  const entry = `${new Date(wallMs).toISOString()} ${details(error)}\n`;
  const file = keep(entry, configPath);
  const where = file === null ? 'Run the command again with --debug for the details.' : `The details are in ${file}.`;
  return { text: `Something went wrong that should not have. ${where} Please report it.`, exitStatus: 1 };
}

function details(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${details(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

function keep(entry: string, configPath: string): string | null {
  try {
    const file = join(dirname(configPath), 'errors.log');
    appendPrivately(file, entry);
    return file;
  } catch {
    // The configuration's folder is not there or not ours; a fresh folder for temporary files is.
  }
  try {
    const file = join(mkdtempSync(join(tmpdir(), 'uservpn-error-')), 'errors.log');
    writeFileSync(file, entry, { mode: 0o600, flag: 'wx' });
    return file;
  } catch {
    return null;
  }
}
