import { basename, relative } from 'node:path';
import { shellWord } from './shell-word.ts';

/** How the user called this program, for commands we suggest: `uservpn`, or `node` and the file. */
export function ownName(argv: readonly string[] = process.argv): string {
  const script = argv[1];
  if (script === undefined || !basename(script).endsWith('.js')) return 'uservpn';
  const fromHere = relative(process.cwd(), script);
  return `node ${shellWord(fromHere.length < script.length ? fromHere : script)}`;
}

/** A command line to suggest, with the configuration named where it is not the usual one. */
export function suggest(command: string, options: { readonly config: string | undefined }): string {
  return `${ownName()} ${command}${options.config === undefined ? '' : ` --config ${shellWord(options.config)}`}`;
}
