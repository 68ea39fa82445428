import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

interface PingOptions extends GlobalOptions, JsonOption {
  readonly node: string;
  readonly count: number;
  readonly interval: number;
}

/** `uservpn ping N`: round-trip times through the mesh. */
export const pingCommand: CommandModule<GlobalOptions, PingOptions> = {
  command: 'ping <node>',
  describe: 'measure the round-trip time to a node through the mesh',
  builder: (yargs) =>
    yargs
      .positional('node', { type: 'string', demandOption: true, describe: 'its number or name' })
      .options({
        count: { type: 'number', requiresArg: true, default: 4, describe: 'how many' },
        interval: { type: 'number', requiresArg: true, default: 1, describe: 'seconds between two' },
        ...JSON_OPTION,
      })
      .example('$0 ping 3', 'four pings to node 3')
      .example('$0 ping frankfurt', 'the same to the node of that name'),
  handler: async (options) => (await import('./run-ping.ts')).runPing(options),
};
