import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeConfig, type ConfigValues } from '../../config/write-config.ts';
import { createFile, makePrivateFolder } from '../files/atomic-write.ts';
import { explainSystemError, systemErrorCode, UserError } from '../user-error.ts';

/** Throws a UserError where the file exists already: nothing that holds keys is ever overwritten. */
export function refuseExisting(configPath: string): void {
  if (existsSync(configPath)) throw alreadyThere(configPath);
}

/** Writes a new configuration with mode 0600, and its folder where there is none. Throws a UserError where it can't. */
export function writeConfigFile(configPath: string, values: ConfigValues): void {
  const folder = dirname(configPath);
  try {
    makePrivateFolder(folder);
  } catch (error) {
    throw cannotWrite(`the folder ${folder}`, error);
  }
  try {
    createFile(configPath, writeConfig(values));
  } catch (error) {
    throw systemErrorCode(error) === 'EEXIST' ? alreadyThere(configPath) : cannotWrite(configPath, error);
  }
}

function cannotWrite(what: string, error: unknown): UserError {
  const message = `Could not write ${what}: ${explainSystemError(error)}. Name another file with --config FILE.`;
  return new UserError('failed', message, { cause: error });
}

function alreadyThere(configPath: string): UserError {
  return new UserError(
    'configuration',
    `${configPath} exists already and is never overwritten, because it may hold keys that are nowhere else. ` +
      'Name another file with --config FILE, or move that one away first.',
  );
}
