import { configPathOf } from './global-options.ts';
import { readPlainUp } from './plain-up.ts';
import { reportError } from './report-error.ts';

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
    await run(args);
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

/** A node runs for weeks: what parses command lines in every other case (about 4 MB resident) is not loaded for the plain ones of `up`. */
async function run(args: readonly string[]): Promise<void> {
  const plainUp = readPlainUp(args);
  if (plainUp === null) await (await import('./run-command.ts')).runCommand(args);
  else await (await import('./run-up.ts')).runUp(plainUp);
}
