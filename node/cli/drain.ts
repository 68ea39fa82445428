import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

interface DrainOptions extends GlobalOptions, JsonOption {
  readonly off: boolean | undefined;
  readonly 'stop-after': string | undefined;
  readonly 'back-in': string | undefined;
}

/** `uservpn drain`: the running node serves what is open, and new sites go elsewhere. */
export const drainCommand: CommandModule<GlobalOptions, DrainOptions> = {
  command: 'drain',
  describe: 'send new sites to other exits, as this one is about to leave',
  builder: (yargs) =>
    yargs
      .options({
        off: { type: 'boolean', describe: 'take it back' },
        'stop-after': { type: 'string', requiresArg: true, describe: 'stop the node after that long: 90s, 10m' },
        'back-in': {
          type: 'string',
          requiresArg: true,
          describe: 'its sites wait for it that long after it stopped, 10m at most',
        },
        ...JSON_OPTION,
      })
      .conflicts('off', ['stop-after', 'back-in'])
      .example('$0 drain', 'what is open goes on, new sites go elsewhere')
      .example('$0 drain --stop-after 1m --back-in 3m', 'before the machine is started anew')
      .example('$0 drain --off', 'new sites may come again'),
  handler: async (options) => (await import('./run-drain.ts')).runDrain(options),
};
