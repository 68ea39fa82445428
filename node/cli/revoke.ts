import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

interface RevokeOptions extends GlobalOptions, JsonOption {
  readonly node: string;
}

/** `uservpn revoke N`: puts a node out of the network. */
export const revokeCommand: CommandModule<GlobalOptions, RevokeOptions> = {
  command: 'revoke <node>',
  describe: 'put a node out of the network (on the node that holds the admin key)',
  builder: (yargs) =>
    yargs
      .positional('node', { type: 'string', demandOption: true, describe: 'its number or name' })
      .options(JSON_OPTION)
      .example('$0 revoke 2', 'after the laptop with number 2 was stolen'),
  handler: async (options) => (await import('./run-revoke.ts')).runRevoke(options),
};
