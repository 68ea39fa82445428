import { readFileSync, statSync } from 'node:fs';
import { GeoDatabase } from '../../geoip/geo-database.ts';
import type { GeoRecord } from '../../geoip/geo-record.ts';
import { explainSystemError, systemErrorCode } from '../user-error.ts';

/** A larger file is no database that we know of: the largest are near 200 MB. */
export const MAX_DATABASE_BYTES = 512 * 1024 * 1024;

/** How often the file is looked at while addresses are looked up, in ms. */
const LOOK_EVERY_MS = 10_000;

/** What a {@link GeoService} is made of. */
export interface GeoServiceOptions {
  /** Absolute path of the .mmdb; it need not exist. */
  readonly databasePath: string;
  readonly nowMs: () => number;
  /** Told once of each file that can't be used. */
  readonly onProblem: (message: string) => void;
}

/**
 * Where addresses are, going by the database on the disk. Loaded when first asked, looked at again at most every 10 s
 * while asked: no watcher, no timer, nothing for nodes that don't ask. A file that is broken leaves the one before in use.
 */
export class GeoService {
  readonly #options: GeoServiceOptions;
  #database: GeoDatabase | null = null;
  #lookAgainAtMs = -Infinity;
  /** Tells one file from another; null: there was none. */
  #seen: string | null = null;

  constructor(options: GeoServiceOptions) {
    this.#options = options;
  }

  /** Where the address is; null where no database knows. Never throws. */
  locate(address: string): GeoRecord | null {
    const nowMs = this.#options.nowMs();
    if (nowMs >= this.#lookAgainAtMs) {
      this.#lookAgainAtMs = nowMs + LOOK_EVERY_MS;
      this.#look();
    }
    return this.#database?.lookUp(address) ?? null;
  }

  #look(): void {
    const { databasePath, onProblem } = this.#options;
    try {
      const stat = statSync(databasePath);
      const { ino, size, mtimeMs } = stat;
      const seen = `${ino} ${size} ${mtimeMs}`;
      if (seen === this.#seen) return;
      this.#seen = seen;
      // Reading a pipe or a device could take for ever.
      if (!stat.isFile()) return onProblem(`${databasePath} is no file.`);
      if (size > MAX_DATABASE_BYTES) return onProblem(`${databasePath} is too large for a GeoIP database.`);
      const opened = GeoDatabase.open(readFileSync(databasePath));
      if (opened.type === 'opened') this.#database = opened.database;
      else onProblem(`${databasePath} ${opened.reason}. Get a new one with: uservpn geoip update`);
    } catch (error) {
      const isGone = systemErrorCode(error) === 'ENOENT';
      if (isGone) this.#database = null;
      else if (this.#seen !== 'unreadable') onProblem(`Could not read ${databasePath}: ${explainSystemError(error)}.`);
      this.#seen = isGone ? null : 'unreadable';
    }
  }
}
