import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

interface PathsOptions extends GlobalOptions, JsonOption {
  readonly node: string;
}

/** `uservpn paths N`: the ways to a node, what each is like, and how long messages take from hop to hop. */
export const pathsCommand: CommandModule<GlobalOptions, PathsOptions> = {
  command: 'paths <node>',
  describe: 'measure the ways to a node, hop by hop',
  builder: (yargs) =>
    yargs
      .positional('node', { type: 'string', demandOption: true, describe: 'its number or name' })
      .options(JSON_OPTION)
      .example('$0 paths 3', 'the ways to node 3: round trips, losses, flight times, what is sent by each'),
  handler: async (options) => (await import('./run-paths.ts')).runPaths(options),
};
