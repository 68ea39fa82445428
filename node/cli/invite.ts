import type { CommandModule } from 'yargs';
import { JSON_OPTION, type GlobalOptions, type JsonOption } from './global-options.ts';

interface InviteOptions extends GlobalOptions, JsonOption {
  readonly id: number;
  readonly name: string | undefined;
  readonly exit: boolean;
  readonly relay: boolean;
  readonly 'link-only': boolean;
  readonly expires: string;
  readonly replace: boolean;
}

/** `uservpn invite`: certifies a number and makes the link that another machine joins with. */
export const inviteCommand: CommandModule<GlobalOptions, InviteOptions> = {
  command: 'invite',
  describe: 'make a link that lets another machine join (on the node that holds the admin key)',
  builder: (yargs) =>
    yargs
      .options({
        id: { type: 'number', requiresArg: true, demandOption: true, describe: 'the number of the new node, 1 to 254' },
        name: { type: 'string', requiresArg: true, describe: 'its name (default: node-N)' },
        exit: { type: 'boolean', default: false, describe: 'members may reach the internet through it' },
        relay: { type: 'boolean', default: false, describe: 'it may pass messages on for others' },
        'link-only': { type: 'boolean', default: false, describe: 'print the link and nothing else, for scripts' },
        expires: {
          type: 'string',
          requiresArg: true,
          default: '7d',
          describe: 'until when it can be used: 30m, 12h, 7d',
        },
        replace: { type: 'boolean', default: false, describe: 'take the number from the node that has it' },
        ...JSON_OPTION,
      })
      .example('$0 invite --id 2 --name laptop', 'a client, by link or QR code, usable for 7 days')
      .example('$0 invite --id 3 --exit --expires 1h', 'one more exit, to be set up within the hour'),
  handler: async (options) => (await import('./run-invite.ts')).runInvite(options),
};
