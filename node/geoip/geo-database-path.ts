import { dirname, join, resolve } from 'node:path';
import type { LoadedConfig } from '../setup/read-config-file.ts';

/** Where the GeoIP database lies, whether or not there is one: absolute. */
export function geoDatabasePath({ config, configPath, stateFolder }: LoadedConfig): string {
  const named = config.geoip?.database;
  return named === undefined ? join(stateFolder, 'geoip.mmdb') : resolve(dirname(configPath), named);
}
