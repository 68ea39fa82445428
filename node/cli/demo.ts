import type { CommandModule } from 'yargs';
import type { GlobalOptions } from './global-options.ts';

/** `uservpn demo`: a whole mesh on this machine. */
export const demoCommand: CommandModule<GlobalOptions, GlobalOptions> = {
  command: 'demo',
  describe: 'run three exits and a client on this machine, to try things out',
  builder: (yargs) => yargs.example('$0 demo', 'then use the SOCKS5 proxy it names; Ctrl-C ends everything'),
  handler: async () => (await import('../demo/run-demo.ts')).runDemo(),
};
