import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

interface UnpinOptions extends GlobalOptions, JsonOption {
  readonly site: string;
}

/** `uservpn unpin <site>`: the next connection chooses anew. */
export const unpinCommand: CommandModule<GlobalOptions, UnpinOptions> = {
  command: 'unpin <site>',
  describe: 'forget at which exit a site is',
  builder: (yargs) =>
    yargs
      .positional('site', { type: 'string', demandOption: true, describe: 'a site, or any host of it' })
      .options(JSON_OPTION)
      .example('$0 unpin example.com', 'the next connection chooses anew'),
  handler: async (options) => (await import('./run-unpin.ts')).runUnpin(options),
};
