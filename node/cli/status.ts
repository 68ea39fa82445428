import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

/** `uservpn status`: what the running node is doing. */
export const statusCommand: CommandModule<GlobalOptions, GlobalOptions & JsonOption> = {
  command: 'status',
  describe: 'show what the running node is doing',
  builder: (yargs) =>
    yargs.options(JSON_OPTION).example('$0 status', 'at a glance').example('$0 status --json', 'for programs'),
  handler: async (options) => (await import('./run-status.ts')).runStatus(options),
};
