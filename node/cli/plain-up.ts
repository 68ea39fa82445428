import { parseArgs } from 'node:util';

/** What a plain `up` says. */
interface PlainUp {
  readonly config: string | undefined;
  readonly debug: boolean;
  readonly server: readonly string[];
  readonly 'with-parent': boolean;
}

const OPTIONS = {
  config: { type: 'string' },
  debug: { type: 'boolean', default: false },
  server: { type: 'string', multiple: true, default: [] as string[] },
  'with-parent': { type: 'boolean', default: false },
} as const;

/**
 * Reads a plain call of `up`: the command first, then its own options, each with its value and all but `--server` once.
 * Null for anything else, help and mistakes included, which is left to who can explain it.
 */
export function readPlainUp(args: readonly string[]): PlainUp | null {
  if (args[0] !== 'up') return null;
  const options = args.slice(1);
  // `--` and what follows it means something else to everybody.
  if (options.includes('--')) return null;
  try {
    const { values, tokens } = parseArgs({ args: options, options: OPTIONS, strict: true, tokens: true });
    const names = tokens.flatMap((token) => (token.kind === 'option' && token.name !== 'server' ? [token.name] : []));
    const isEmpty = tokens.some((token) => token.kind === 'option' && token.value === '');
    if (isEmpty || new Set(names).size < names.length) return null;
    const { config, debug, server } = values;
    return { config, debug, server, 'with-parent': values['with-parent'] };
  } catch {
    // Unknown or incomplete options.
    return null;
  }
}
