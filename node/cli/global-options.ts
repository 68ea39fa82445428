import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { defaultConfigPath } from '../../config/locations.ts';

/** What every command takes. */
export interface GlobalOptions {
  readonly config: string | undefined;
  readonly debug: boolean;
}

/** What commands take that report something. */
export interface JsonOption {
  readonly json: boolean;
}

/** The yargs declarations of {@link GlobalOptions}. */
export const GLOBAL_OPTIONS = {
  config: {
    type: 'string',
    requiresArg: true,
    describe: `the configuration file (default: ${defaultPath()})`,
    global: true,
  },
  debug: { type: 'boolean', default: false, describe: 'show the details of unexpected errors', global: true },
} as const;

/** The yargs declaration of {@link JsonOption}. */
export const JSON_OPTION = {
  json: { type: 'boolean', default: false, describe: 'report as JSON, for programs' },
} as const;

/** The absolute path of the configuration file that the command is about. */
export function configPathOf(options: { readonly config: string | undefined }): string {
  return resolve(options.config ?? defaultPath());
}

function defaultPath(): string {
  return defaultConfigPath({ platform: process.platform, env: process.env, homeDir: homedir() });
}
