import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

interface GeoIpOptions extends GlobalOptions, JsonOption {
  readonly action: string;
  readonly source: string | undefined;
}

/** `uservpn geoip update`: fetches the database by which an exit tells where sites are. */
export const geoIpCommand: CommandModule<GlobalOptions, GeoIpOptions> = {
  command: 'geoip <action>',
  describe: 'fetch the database by which an exit tells where sites are',
  builder: (yargs) =>
    yargs
      .positional('action', { type: 'string', choices: ['update'], demandOption: true, describe: 'what to do' })
      .options({
        source: {
          type: 'string',
          requiresArg: true,
          describe: 'the address of an .mmdb or .mmdb.gz (default: DB-IP Lite)',
        },
        ...JSON_OPTION,
      })
      .example('$0 geoip update', "this month's DB-IP Lite; a running node takes it up by itself"),
  handler: async (options) => (await import('./run-geoip.ts')).runGeoIp(options),
};
