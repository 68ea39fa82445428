import type { Readable } from 'node:stream';
import { UserError } from '../user-error.ts';

/** What a lone dash among the arguments is turned into, because yargs loses it. No argument of ours looks like it. */
export const STANDARD_INPUT = '(standard input)';

/** More than this is no link, wrapped however badly. */
const MAX_INPUT_CHARACTERS = 16_384;

/** Reads a link from a pipe to its end, or from a terminal (`untilNewline`) to the end of the first line that is not empty. */
export async function readLink(input: Readable, untilNewline: boolean): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += String(chunk);
    if (text.length > MAX_INPUT_CHARACTERS)
      throw new UserError('usage', 'What came on standard input is no invite link.');
    if (untilNewline && text.trimStart().includes('\n')) break;
  }
  return text.trim();
}
