import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GeoDatabase } from '../../geoip/geo-database.ts';
import { makePrivateFolder, moveIntoPlace } from '../files/atomic-write.ts';
import { explainSystemError, systemErrorCode } from '../user-error.ts';
import { download, type DownloadOptions } from './download.ts';
import { MAX_DATABASE_BYTES } from './geo-service.ts';
import { shownUrl } from './source-url.ts';

/** DB-IP Lite, one file a month, CC BY 4.0. */
export const DEFAULT_SOURCE = 'https://download.db-ip.com/free/dbip-city-lite-{month}.mmdb.gz';

/** What DB-IP's licence asks to be shown. */
export const DB_IP_CREDIT = 'IP Geolocation by DB-IP (https://db-ip.com), licence CC BY 4.0';

/** Leftovers of earlier downloads are removed after so many ms; younger ones may be another process at work. */
const LEFTOVER_MS = 3_600_000;

/** How long a download may take, in ms. */
const MAX_MS = 3_600_000;

/** A public address that every usable database knows. */
const KNOWN_ADDRESS = '8.8.8.8';

/** How an update ended. */
export type UpdateOutcome =
  | {
      readonly type: 'updated';
      readonly kind: string;
      readonly builtAtMs: number | null;
      readonly bytes: number;
      /** Without what stands behind its question mark. */
      readonly url: string;
    }
  | { readonly type: 'failed'; readonly failure: UpdateFailure; readonly reason: string };

/** What an update failed by: the user's wish, the way to the file, the file, or this machine. */
export type UpdateFailure = 'interrupted' | 'transfer' | 'file' | 'machine';

/** What an update needs to know. */
export interface UpdateOptions extends Pick<DownloadOptions, 'signal' | 'onProgress'> {
  /** An http or https address that `sourceProblem` has nothing against; `{month}` stands for the month. */
  readonly source: string;
  readonly databasePath: string;
  readonly wallMs: number;
  /** Tells this download from others under way. */
  readonly suffix: string;
  readonly maxBytes?: number;
  readonly stallMs?: number;
  readonly maxMs?: number;
}

/** Fetches a database and puts it in place in one step, once it opened and knew an address. Never rejects. */
export async function updateDatabase(options: UpdateOptions): Promise<UpdateOutcome> {
  const { databasePath, signal, onProgress } = options;
  const { maxBytes = MAX_DATABASE_BYTES, stallMs = 30_000, maxMs = MAX_MS } = options;
  const folder = dirname(databasePath);
  const path = join(folder, `.${basename(databasePath)}.${options.suffix}.new`);
  const failed = (failure: UpdateFailure, reason: string): UpdateOutcome =>
    signal.aborted
      ? { type: 'failed', failure: 'interrupted', reason: 'it was interrupted' }
      : { type: 'failed', failure, reason };
  try {
    makePrivateFolder(folder);
    removeLeftovers(databasePath, options.wallMs);
    const urls = addresses(options.source, options.wallMs);
    for (const url of urls) {
      const got = await download({ url, path, maxBytes, stallMs, maxMs, signal, onProgress });
      if (got.type === 'absent') continue;
      const shown = shownUrl(url);
      if (got.type === 'failed') return failed('transfer', `${shown}: ${got.reason}`);
      const opened = GeoDatabase.open(readFileSync(path));
      if (opened.type === 'failed') return failed('file', `what ${shown} gave ${opened.reason}`);
      const { kind, builtAtMs } = opened.database;
      const known = opened.database.lookUp(KNOWN_ADDRESS);
      if (known === null || (known.country === null && known.position === null))
        return failed('file', `what ${shown} gave does not know where ${KNOWN_ADDRESS} is`);
      signal.throwIfAborted();
      moveIntoPlace(path, databasePath);
      return { type: 'updated', kind, builtAtMs, bytes: got.bytes, url: shown };
    }
    return failed('transfer', `the server has no such file: ${urls.map(shownUrl).join(', ')}`);
  } catch (error) {
    return failed('machine', `${folder}: ${explainSystemError(error)}`);
  } finally {
    removeIfThere(path);
  }
}

/** This month's and, because a new month's file comes some days late, last month's. */
function addresses(source: string, wallMs: number): string[] {
  const date = new Date(wallMs);
  const month = (back: number): string =>
    new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - back)).toISOString().slice(0, 7);
  return [...new Set([0, 1].map((back) => source.replaceAll('{month}', month(back))))];
}

/** What a process left that was killed. */
function removeLeftovers(databasePath: string, wallMs: number): void {
  const folder = dirname(databasePath);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`.${basename(databasePath)}.`) || !name.endsWith('.new')) continue;
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && wallMs - stat.mtimeMs > LEFTOVER_MS) rmSync(path, { force: true });
  }
}

/** Where the folder itself can't be used there is nothing to remove, and the reason was told. */
function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
  }
}
