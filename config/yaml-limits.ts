import { CST, Lexer, Parser } from 'yaml';
import type { YamlProblem } from './yaml-problem.ts';

/** Longest text of a configuration, in bytes of UTF-8. */
export const MAX_CONFIG_BYTES = 1_048_576;

/**
 * The parser's stack, which a real configuration fills to about 12. The library composes recursively: deeper nesting
 * overflows the call stack, and inside a regular expression that ends the process.
 */
const MAX_DEPTH = 48;

/** Lexical tokens. A configuration with 254 servers of 16 addresses each has about 30,000. */
const MAX_TOKENS = 100_000;

/**
 * What must not reach the parser: text that is too large, no text, nested too deep, or with a quote that nothing
 * closes (the parser reports that one at the end of the text, which helps nobody). Null for all else.
 */
export function findUnfitText(text: string): YamlProblem | null {
  if (text.length > MAX_CONFIG_BYTES || new TextEncoder().encode(text).length > MAX_CONFIG_BYTES) {
    return problem('the file is larger than 1 MiB; a configuration is a few kilobytes', 0);
  }
  // YAML 1.2 §5.1 allows only tab and line ends of the C0 controls; U+FFFD is what a UTF-8 decoder leaves of other bytes.
  const binary = /[^\t\n\r\x20-\x7e\u0085\u00a0-\ud7ff\ue000-\ufffc\u{10000}-\u{10ffff}]/u.exec(text);
  if (binary !== null) return problem('this is no text in UTF-8; save the file as plain text', binary.index);

  const parser = new Parser();
  let tokens = 0;
  let previous = '';
  for (const lexeme of new Lexer().lex(text)) {
    const offset = parser.offset;
    if (previous !== CST.SCALAR && isUnclosedQuote(lexeme)) {
      return problem(`the ${lexeme[0]} here is never closed; add another one at the end of the value`, offset);
    }
    for (const _token of parser.next(lexeme)) tokens++;
    if (parser.stack.length > MAX_DEPTH) return problem('lists and maps are nested too deep here', offset);
    if (++tokens > MAX_TOKENS) return problem('too much in one file; a configuration is a few kilobytes', offset);
    previous = lexeme;
  }
  return null;
}

function problem(message: string, offset: number): YamlProblem {
  return { message, offset, path: [] };
}

/** True for a quoted scalar that runs to the end of the text. The lexer gives quoted scalars in one piece. */
function isUnclosedQuote(lexeme: string): boolean {
  if (lexeme[0] === "'") return (lexeme.split("'").length - 1) % 2 !== 0;
  if (lexeme[0] !== '"') return false;
  if (lexeme.length < 2 || !lexeme.endsWith('"')) return true;
  let backslashes = 0;
  while (lexeme[lexeme.length - 2 - backslashes] === '\\') backslashes++;
  return backslashes % 2 !== 0;
}
