import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

interface PinOptions extends GlobalOptions, JsonOption {
  readonly site: string;
  readonly node: string;
}

/** `uservpn pin <site> <node>`: example.com goes by exit 3 from now on. */
export const pinCommand: CommandModule<GlobalOptions, PinOptions> = {
  command: 'pin <site> <node>',
  describe: 'put a site at an exit',
  builder: (yargs) =>
    yargs
      .positional('site', { type: 'string', demandOption: true, describe: 'a site, or any host of it' })
      .positional('node', { type: 'string', demandOption: true, describe: 'the number or name of its exit' })
      .options(JSON_OPTION)
      .example('$0 pin example.com 3', 'example.com goes by exit 3 from now on'),
  handler: async (options) => (await import('./run-pin.ts')).runPin(options),
};
