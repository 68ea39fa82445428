import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { formatConfigError } from '../../config/config-error.ts';
import type { Config } from '../../config/config.ts';
import { stateDirPath } from '../../config/locations.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { checkFileMode } from '../../config/permissions.ts';
import type { LedgerPlace } from './admin-ledger.ts';
import { explainSystemError, systemErrorCode, UserError } from '../user-error.ts';

/** A configuration and the places that follow from where it lies. */
export interface LoadedConfig {
  readonly config: Config;
  /** Absolute. */
  readonly configPath: string;
  /** Absolute. */
  readonly stateFolder: string;
}

/** Where the ledger lies that belongs to a configuration. */
export function ledgerPlace({ config, stateFolder }: LoadedConfig): LedgerPlace {
  return { stateFolder, adminPublicKey: config.adminPublicKey };
}

/** A larger file is not even read: parsing refuses 1 MiB and above. */
const MAX_FILE_BYTES = 2 << 20;

/** Reads and checks a configuration. Throws a UserError that names every mistake with its line, and no secret. */
export function readConfigFile(configPath: string): LoadedConfig {
  const parsed = parseConfig(readConfigText(configPath));
  if ('errors' in parsed) {
    const lines = parsed.errors.map((error) => `  ${formatConfigError(configPath, error)}`);
    const count = lines.length === 1 ? 'There is a mistake' : 'There are mistakes';
    throw new UserError('configuration', `${count} in the configuration; mend it and try again:\n${lines.join('\n')}`);
  }
  const { config } = parsed;
  return { config, configPath, stateFolder: stateDirPath(configPath, config.stateDir, process.platform) };
}

/** The text of a configuration that others can't read. Throws a UserError where it can't be had. */
export function readConfigText(configPath: string): string {
  let file: number;
  try {
    file = openSync(configPath, 'r');
  } catch (error) {
    throw cannotRead(configPath, error);
  }
  try {
    // The mode of the file that is read, not of one that took its place meanwhile.
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw cannotRead(configPath, Object.assign(new Error(), { code: 'EISDIR' }));
    const shared = checkFileMode(stat.mode, process.platform, configPath);
    if (shared !== null) throw new UserError('configuration', shared);
    if (stat.size > MAX_FILE_BYTES) {
      throw new UserError('configuration', `${configPath} is far too large for a configuration; name the right file.`);
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw error instanceof UserError ? error : cannotRead(configPath, error);
  } finally {
    closeSync(file);
  }
}

function cannotRead(configPath: string, error: unknown): UserError {
  if (systemErrorCode(error) === 'ENOENT') {
    return new UserError(
      'configuration',
      `There is no configuration at ${configPath}. Make one with "uservpn init --id N" (a new network) or ` +
        '"uservpn join LINK" (an invite), or name yours with --config FILE.',
      { cause: error },
    );
  }
  const message = `Could not read the configuration ${configPath}: ${explainSystemError(error)}.`;
  return new UserError('configuration', `${message} Name the right file with --config FILE.`, { cause: error });
}
