import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

interface RotateKeyOptions extends GlobalOptions, JsonOption {
  readonly grace: string;
}

/** `uservpn rotate-key`: gives the network a new key. */
export const rotateKeyCommand: CommandModule<GlobalOptions, RotateKeyOptions> = {
  command: 'rotate-key',
  describe: 'give the network a new key (on the node that holds the admin key)',
  builder: (yargs) =>
    yargs
      .options({
        grace: {
          type: 'string',
          requiresArg: true,
          default: '7d',
          describe: 'how long the old key is accepted too: 12h, 7d, 30d',
        },
        ...JSON_OPTION,
      })
      .example('$0 rotate-key', 'nodes that come online within 7 days learn the new key by themselves')
      .example('$0 revoke 2 && $0 rotate-key --grace 1d', 'after a machine was stolen'),
  handler: async (options) => (await import('./run-rotate-key.ts')).runRotateKey(options),
};
