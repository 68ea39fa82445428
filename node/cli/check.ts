import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

/** `uservpn check`: looks for what would keep this node from working. */
export const checkCommand: CommandModule<GlobalOptions, GlobalOptions & JsonOption> = {
  command: 'check',
  describe: 'check the configuration and this machine: clock, ports, reachability',
  builder: (yargs) =>
    yargs
      .options(JSON_OPTION)
      .example('$0 check', 'check the usual configuration')
      .example('$0 check --config ./uservpn.yaml', 'check another one'),
  handler: async (options) => (await import('./run-check.ts')).runCheck(options),
};
