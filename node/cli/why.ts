import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

interface WhyOptions extends GlobalOptions, JsonOption {
  readonly host: string;
}

/** `uservpn why <host>`: the rule, the pin and its history, and every exit with its figures. */
export const whyCommand: CommandModule<GlobalOptions, WhyOptions> = {
  command: 'why <host>',
  describe: 'tell why a host goes by its exit',
  builder: (yargs) =>
    yargs
      .positional('host', { type: 'string', demandOption: true, describe: 'a host name or an address' })
      .options(JSON_OPTION)
      .example('$0 why www.example.com', 'the rule, the pin and its history, and every exit with its figures'),
  handler: async (options) => (await import('./run-why.ts')).runWhy(options),
};
