import yargs from 'yargs';
import { nearestWord } from '../../config/nearest-word.ts';
import { quote } from '../../config/quote.ts';
import { UserError } from '../user-error.ts';
import { checkCommand } from './check.ts';
import { demoCommand } from './demo.ts';
import { configPathOf, GLOBAL_OPTIONS } from './global-options.ts';
import { initCommand } from './init.ts';
import { inviteCommand } from './invite.ts';
import { joinCommand } from './join.ts';
import { nodesCommand } from './nodes.ts';
import { ownName } from './own-name.ts';
import { pingCommand } from './ping.ts';
import { STANDARD_INPUT } from './read-link.ts';
import { reportError } from './report-error.ts';
import { revokeCommand } from './revoke.ts';
import { rotateKeyCommand } from './rotate-key.ts';
import { readSoftwareVersion } from './software-version.ts';
import { statusCommand } from './status.ts';
import { upCommand } from './up.ts';

const COMMANDS = ['init', 'invite', 'join', 'up', 'status', 'nodes', 'ping', 'check', 'revoke', 'rotate-key', 'demo'];

/** Widest line of a help text, in characters. */
const MAX_HELP_WIDTH = 110;

/**
 * Runs the program with these arguments (without the program's own name) and returns its exit status: 0 done, 1 failed,
 * 2 wrong usage or bad configuration. Never rejects.
 */
export async function runCommandLine(args: readonly string[]): Promise<0 | 1 | 2> {
  // A reader that went away (`status | head`) is no error of ours.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  // Node would print a stack trace. What is left open is recognised and cleaned up by the next start.
  process.on('uncaughtException', (error) => process.exit(report(error, args)));
  try {
    await parser(args).parseAsync();
    return 0;
  } catch (error) {
    return report(error, args);
  }
}

function report(error: unknown, args: readonly string[]): 1 | 2 {
  // Where parsing itself failed there are no parsed options yet.
  const configAt = args.indexOf('--config');
  const joined = args.find((arg) => arg.startsWith('--config='))?.slice('--config='.length);
  const config = configAt === -1 ? joined : args[configAt + 1];
  const { text, exitStatus } = reportError(error, configPathOf({ config }), args.includes('--debug'), Date.now());
  process.stderr.write(`uservpn: ${text}\n`);
  return exitStatus;
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
    .command(pingCommand)
    .command(checkCommand)
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
  const line = message.trim().replaceAll(/\s*\n\s*/g, ' ');
  return /[.?!]$/.test(line) ? line : `${line}.`;
}
