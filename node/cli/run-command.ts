import yargs from 'yargs';
import { nearestWord } from '../../config/nearest-word.ts';
import { quote } from '../../config/quote.ts';
import { UserError } from '../user-error.ts';
import { checkCommand } from './check.ts';
import { demoCommand } from './demo.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';
import { drainCommand } from './drain.ts';
import { geoIpCommand } from './geoip.ts';
import { initCommand } from './init.ts';
import { inviteCommand } from './invite.ts';
import { joinCommand } from './join.ts';
import { nodesCommand } from './nodes.ts';
import { ownName } from './own-name.ts';
import { pathsCommand } from './paths.ts';
import { pinCommand } from './pin.ts';
import { pingCommand } from './ping.ts';
import { STANDARD_INPUT } from './read-link.ts';
import { revokeCommand } from './revoke.ts';
import { rotateKeyCommand } from './rotate-key.ts';
import { readSoftwareVersion } from './software-version.ts';
import { sitesCommand } from './sites.ts';
import { statusCommand } from './status.ts';
import { unpinCommand } from './unpin.ts';
import { upCommand } from './up.ts';
import { whyCommand } from './why.ts';

const COMMANDS = [
  'init',
  'invite',
  'join',
  'up',
  'status',
  'nodes',
  'sites',
  'pin',
  'unpin',
  'why',
  'drain',
  'ping',
  'paths',
  'check',
  'geoip',
  'revoke',
  'rotate-key',
  'demo',
];

/** What yargs says in the words of its makers, and ours. */
const REWORDED: readonly (readonly [RegExp, string])[] = [
  [/^Arguments (\S+) and (\S+) are mutually exclusive/, 'Choose --$1 or --$2, not both'],
  [/^Not enough arguments following: (\S+)/, '--$1 needs a value'],
  [/^Not enough non-option arguments: got (\d+), need at least (\d+)/, 'Too few arguments: $1 of $2'],
];

/** Widest line of a help text, in characters. */
const MAX_HELP_WIDTH = 110;

/** Runs the command that these arguments name. Rejects with a UserError where they are wrong, or with what the command threw. */
export async function runCommand(args: readonly string[]): Promise<void> {
  await parser(args).parseAsync();
}

function parser(args: readonly string[]) {
  return yargs(args.map((arg) => (arg === '-' ? STANDARD_INPUT : arg)))
    .scriptName('uservpn')
    .locale('en')
    .usage('uservpn <command>: a mesh VPN that needs no root and shows up as a SOCKS5 proxy')
    .options(GLOBAL_OPTIONS)
    .command(initCommand)
    .command(inviteCommand)
    .command(joinCommand)
    .command(upCommand)
    .command(statusCommand)
    .command(nodesCommand)
    .command(sitesCommand)
    .command(pinCommand)
    .command(unpinCommand)
    .command(whyCommand)
    .command(drainCommand)
    .command(pingCommand)
    .command(pathsCommand)
    .command(checkCommand)
    .command(geoIpCommand)
    .command(revokeCommand)
    .command(rotateKeyCommand)
    .command(demoCommand)
    .demandCommand(1, 1, 'Which command?', 'One command at a time.')
    .strict()
    .version(readSoftwareVersion())
    .help()
    .wrap(Math.min(MAX_HELP_WIDTH, process.stdout.columns ?? MAX_HELP_WIDTH))
    .exitProcess(false)
    .fail((message: string | undefined, error: Error | undefined) => {
      // yargs hands over our own errors without a message, and usage errors with one.
      if (error !== undefined && (error instanceof UserError || !message)) throw error;
      throw usageError(message ?? '', args);
    });
}

function usageError(message: string, args: readonly string[]): UserError {
  const command = args.find((arg) => !arg.startsWith('-')) ?? '';
  if (COMMANDS.includes(command)) {
    return new UserError('usage', `${sentence(message)} See: ${ownName()} ${command} --help`);
  }
  const near = nearestWord(command, COMMANDS);
  const what = command === '' ? 'Which command?' : `There is no command ${quote(command)}.`;
  const hint = near === null || command === '' ? '' : ` Did you mean ${near}?`;
  return new UserError('usage', `${what}${hint} See: ${ownName()} --help`);
}

function sentence(message: string): string {
  const theirs = message.trim().replaceAll(/\s*\n\s*/g, ' ');
  const line = REWORDED.reduce((text, [pattern, words]) => text.replace(pattern, words), theirs);
  return /[.?!]$/.test(line) ? line : `${line}.`;
}
