import { existsSync } from 'node:fs';
import { systemClock } from '../clock.ts';
import { randomBytesOf, systemRandom } from '../random.ts';
import { sourceProblem } from '../geoip/source-url.ts';
import { DB_IP_CREDIT, DEFAULT_SOURCE, updateDatabase, type UpdateFailure } from '../geoip/update-database.ts';
import { geoDatabasePath } from '../geoip/geo-database-path.ts';
import { requireCredential } from '../setup/own-credential.ts';
import { readConfigFile } from '../setup/read-config-file.ts';
import { loadSodium } from '../sodium/load-sodium.ts';
import { UserError } from '../user-error.ts';
import { configPathOf, type GlobalOptions, type JsonOption } from './global-options.ts';
import { print, printJson } from './output.ts';

/** Signals that end a download in good order. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What to do about a failure. */
const NEXT_STEPS: Readonly<Record<UpdateFailure, string>> = {
  interrupted: 'Run the command again at any time.',
  transfer: 'Try again later, or name another file: uservpn geoip update --source ADDRESS',
  file: 'Name another file: uservpn geoip update --source ADDRESS',
  machine: 'Mend that, and run the command again.',
};

/** Fetches the GeoIP database of an exit. */
export async function runGeoIp(
  options: GlobalOptions & JsonOption & { readonly source: string | undefined },
): Promise<void> {
  const loaded = readConfigFile(configPathOf(options));
  const { roles } = requireCredential(await loadSodium(), loaded).certificate;
  if (!roles.exit) {
    const why = 'A client needs no database and looks up no names, so nothing shows which service it uses.';
    throw new UserError('usage', `This node is no exit. ${why} Run "uservpn geoip update" on the exits.`);
  }
  const source = options.source ?? loaded.config.geoip?.source ?? DEFAULT_SOURCE;
  const problem = sourceProblem(source);
  if (problem !== null)
    throw new UserError('usage', `The source ${problem}; name one such as https://example.com/city.mmdb.gz`);
  const databasePath = geoDatabasePath(loaded);
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const showsBar = process.stderr.isTTY && !options.json;
  try {
    const outcome = await updateDatabase({
      source,
      databasePath,
      wallMs: systemClock.wallMs(),
      suffix: Buffer.from(randomBytesOf(systemRandom, 6)).toString('hex'),
      signal: stop.signal,
      onProgress: (received, total) => {
        if (showsBar) process.stderr.write(`\r${progressBar(received, total)}`);
      },
    });
    if (showsBar) process.stderr.write('\r\u001b[K');
    if (outcome.type === 'failed') {
      const before = existsSync(databasePath) ? 'The one before stays in use.' : 'All works without one, too.';
      const next = NEXT_STEPS[outcome.failure];
      throw new UserError('failed', `No new GeoIP database: ${outcome.reason}. ${before} ${next}`);
    }
    const { kind, builtAtMs, bytes, url } = outcome;
    const built = builtAtMs === null ? null : new Date(builtAtMs).toISOString().slice(0, 10);
    const credit = /DBIP/i.test(kind) ? DB_IP_CREDIT : null;
    if (options.json) return printJson({ database: databasePath, kind, built, bytes, url, credit });
    print(`${databasePath}: ${kind}${built === null ? '' : ` of ${built}`}, ${megabytes(bytes)}`);
    if (credit !== null) print(credit);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

/** One line of a terminal, without its end. */
export function progressBar(receivedBytes: number, totalBytes: number | null): string {
  if (totalBytes === null) return megabytes(receivedBytes);
  const part = Math.min(1, receivedBytes / totalBytes);
  const filled = Math.round(part * 30);
  return `[${'#'.repeat(filled)}${' '.repeat(30 - filled)}] ${Math.floor(part * 100)} % of ${megabytes(totalBytes)}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
