import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';
import { NODE_OPTIONS, type NodeOptions } from './node-options.ts';

interface InitOptions extends GlobalOptions, JsonOption, NodeOptions {
  readonly id: number;
  readonly name: string | undefined;
  readonly exit: boolean;
  readonly relay: boolean;
  readonly country: string | undefined;
}

/** `uservpn init`: makes a network and its first node. */
export const initCommand: CommandModule<GlobalOptions, InitOptions> = {
  command: 'init',
  describe: 'make a new network, with this machine as its first node',
  builder: (yargs) =>
    yargs
      .options({
        id: { type: 'number', requiresArg: true, demandOption: true, describe: "this node's number, 1 to 254" },
        name: { type: 'string', requiresArg: true, describe: 'what the others see (default: node-N)' },
        exit: { type: 'boolean', default: false, describe: 'members may reach the internet through this node' },
        relay: { type: 'boolean', default: false, describe: 'it may pass messages on for other members' },
        country: { type: 'string', requiresArg: true, describe: 'where it is, as two letters such as DE' },
        ...NODE_OPTIONS,
        ...JSON_OPTION,
      })
      .example('$0 init --id 1 --exit --listen udp://203.0.113.7:4840', 'a server that is an exit'),
  handler: async (options) => (await import('./run-init.ts')).runInit(options),
};
