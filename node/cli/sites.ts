import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

/** `uservpn sites`: the exit of each site, the last used first. */
export const sitesCommand: CommandModule<GlobalOptions, GlobalOptions & JsonOption> = {
  command: 'sites',
  describe: 'list which site goes by which exit, and why',
  builder: (yargs) => yargs.options(JSON_OPTION).example('$0 sites', 'the exit of each site, the last used first'),
  handler: async (options) => (await import('./run-sites.ts')).runSites(options),
};
