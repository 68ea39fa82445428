import type { ErrorCode } from 'yaml';

const NOT_A_PAIR = 'this is not "key: value"; check the colon, the space after it and the indentation';
const NO_ALIASES = 'anchors and aliases (&name, *name) are not used here; write the value itself';
const NO_TAGS = 'tags (!name) are not used here; write the value alone';

/** Our sentences for the library's codes. Its own messages quote the text, which holds secrets. */
const SENTENCES: { readonly [code in ErrorCode]: string } = {
  ALIAS_PROPS: NO_ALIASES,
  BAD_ALIAS: NO_ALIASES,
  BAD_COLLECTION_TYPE: NO_TAGS,
  BAD_DIRECTIVE: 'this % line is not understood; remove it',
  BAD_DQ_ESCAPE: 'a backslash in double quotes must be doubled (\\\\), or put the value in single quotes',
  BAD_INDENT: 'the indentation does not fit, or a [ or { before it is not closed; start keys of one map in one column',
  BAD_PROP_ORDER: NO_ALIASES,
  BAD_SCALAR_START: 'a value can not start with this character; put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a key stands inside a value; check the indentation, or put a value with a colon in quotes',
  BLOCK_IN_FLOW: 'an indented list or map stands inside brackets; write it in brackets too',
  DUPLICATE_KEY: 'this key is there twice; keep one',
  IMPOSSIBLE: NOT_A_PAIR,
  KEY_OVER_1024_CHARS: NOT_A_PAIR,
  MISSING_CHAR: 'something is missing here: the colon after a key, a comma in a list or a closing bracket',
  MULTILINE_IMPLICIT_KEY: NOT_A_PAIR,
  MULTIPLE_ANCHORS: NO_ALIASES,
  MULTIPLE_DOCS: 'a second document starts here; remove the --- or ... line and what does not belong',
  MULTIPLE_TAGS: NO_TAGS,
  NON_STRING_KEY: 'a key must be a word',
  RESOURCE_EXHAUSTION: 'lists and maps are nested too deep here',
  TAB_AS_INDENT: 'a tab indents this line; use spaces',
  TAG_RESOLVE_FAILED: NO_TAGS,
  UNEXPECTED_TOKEN: 'this does not belong here; check the indentation, quotes and brackets',
};

/** What is wrong in the syntax, and what to do. `line` is the text of the line that it is about. */
export function syntaxSentence(code: ErrorCode, line: string): string {
  // Brackets of IPv6 addresses start lists inside a list in brackets, which the library reports in many ways.
  const bracketed = line.indexOf('://[');
  if (code !== 'TAB_AS_INDENT' && bracketed > 0 && line.lastIndexOf('[', bracketed) >= 0) {
    return 'inside a list in brackets, an address with brackets needs quotes: ["udp://[::1]:4840"]';
  }
  return SENTENCES[code];
}
