import type { CommandModule } from 'yargs';
import type { GlobalOptions } from './global-options.ts';

interface UpOptions extends GlobalOptions {
  readonly server: readonly string[];
  readonly 'with-parent': boolean;
}

/** `uservpn up`: runs the node in the foreground. */
export const upCommand: CommandModule<GlobalOptions, UpOptions> = {
  command: 'up',
  describe: 'run this node until it is stopped with Ctrl-C',
  builder: (yargs) =>
    yargs
      .options({
        server: {
          type: 'string',
          array: true,
          requiresArg: true,
          nargs: 1,
          default: [],
          defaultDescription: 'those of the configuration',
          describe: 'one more server to start from, such as udp://IP:PORT; may be repeated',
        },
        'with-parent': { type: 'boolean', default: false, hidden: true },
      })
      .example('$0 up', 'run the node of the usual configuration')
      .example('$0 up --server udp://203.0.113.7:4840', 'after that server has moved'),
  handler: async (options) => (await import('./run-up.ts')).runUp(options),
};
