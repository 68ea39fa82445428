import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

/** `uservpn nodes`: the mesh as the running node sees it. */
export const nodesCommand: CommandModule<GlobalOptions, GlobalOptions & JsonOption> = {
  command: 'nodes',
  describe: 'list the nodes that the running node knows',
  builder: (yargs) =>
    yargs
      .options(JSON_OPTION)
      .example('$0 nodes', 'numbers, names, states and round-trip times')
      .example('$0 nodes --json', 'for programs'),
  handler: async (options) => (await import('./run-nodes.ts')).runNodes(options),
};
