import type { ParseFailure } from './parse-failure.ts';
import { quote } from './quote.ts';

/** Longest keyword in characters. */
const MAX_KEYWORD_CHARACTERS = 63;

/** Reads a part of host names in any case, such as `tracker`. */
export function parseHostKeyword(text: string): string | ParseFailure {
  if (text === '') return { error: 'is empty, so that it would be in every name; write a part of names' };
  if (text.length > MAX_KEYWORD_CHARACTERS)
    return { error: `${quote(text)} is longer than ${MAX_KEYWORD_CHARACTERS} characters; write a shorter part` };
  // Tested first: some letters beyond ASCII have plain ones as their lower case.
  if (/^[A-Za-z0-9._-]+$/.test(text)) return text.toLowerCase();
  return { error: `${quote(text)} can't be in a host name; use letters, digits, dots, - and _ only` };
}
