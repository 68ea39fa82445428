import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';
import { NODE_OPTIONS, type NodeOptions } from './node-options.ts';

interface JoinOptions extends GlobalOptions, JsonOption, NodeOptions {
  readonly link: string;
}

/** `uservpn join LINK`: makes a configuration from an invite. */
export const joinCommand: CommandModule<GlobalOptions, JoinOptions> = {
  command: 'join <link>',
  describe: 'make a configuration from an invite link',
  builder: (yargs) =>
    yargs
      .positional('link', {
        type: 'string',
        demandOption: true,
        describe: 'the uservpn:// link, or - to read it from standard input, where nobody sees it in the process list',
      })
      .options({ ...NODE_OPTIONS, ...JSON_OPTION })
      .example('$0 join - --socks 127.0.0.1:1080', 'a laptop; paste the link when asked')
      .example('$0 join - --listen udp://198.51.100.4:4840', 'a server'),
  handler: async (options) => (await import('./run-join.ts')).runJoin(options),
};
