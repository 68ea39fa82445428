import { readFileSync, renameSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { makePrivateFolder, replaceFile } from '../files/atomic-write.ts';
import { explainSystemError, systemErrorCode, UserError } from '../user-error.ts';

/** What a state file held: a JSON value, or why there is none. */
export type LoadedState =
  | { readonly type: 'loaded'; readonly value: unknown }
  | { readonly type: 'absent' }
  /** It was not JSON. It has been moved aside to `movedTo`, so that nothing is lost and nothing stops. */
  | { readonly type: 'damaged'; readonly movedTo: string };

/** No state file of ours comes near this, a full memory of sites included (20 MiB); a larger one is not read into memory. */
const MAX_STATE_BYTES = 64 * 1024 * 1024;

/** A JSON file that outlives the process: mode 0600, replaced as a whole, forgiving when it is damaged. */
export class StateFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** Reads the file. `wallMs` names the file that a damaged one becomes. Throws a UserError where it can't be read. */
  load(wallMs: number): LoadedState {
    let text: string | null;
    try {
      text = statSync(this.path).size > MAX_STATE_BYTES ? null : readFileSync(this.path, 'utf8');
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return { type: 'absent' };
      throw this.#failure('read', error);
    }
    if (text !== null) {
      try {
        return { type: 'loaded', value: JSON.parse(text) as unknown };
      } catch {
        // Falls through to moving it aside.
      }
    }
    return { type: 'damaged', movedTo: this.moveAside('damaged', wallMs) };
  }

  /** Gives the file another name, which says why and when, and returns that. Throws a UserError. */
  moveAside(why: string, wallMs: number): string {
    const movedTo = `${this.path}.${why}-${Math.floor(wallMs)}`;
    try {
      renameSync(this.path, movedTo);
    } catch (error) {
      throw this.#failure('move aside', error);
    }
    return movedTo;
  }

  /** Replaces the file, on the disk when it returns. Throws a UserError where that fails. */
  save(value: unknown): void {
    try {
      makePrivateFolder(dirname(this.path));
      replaceFile(this.path, `${JSON.stringify(value)}\n`);
    } catch (error) {
      throw this.#failure('write', error);
    }
  }

  #failure(what: string, error: unknown): UserError {
    return new UserError(
      'failed',
      `Could not ${what} ${this.path}: ${explainSystemError(error)}. ` +
        `Make the folder that holds ${basename(this.path)} readable and writable for you, then try again.`,
      { cause: error },
    );
  }
}
