import { parseCountryCode } from './country-code.ts';
import { nearestWord } from './nearest-word.ts';
import { MAX_NODE_ID, parseNodeId, type NodeId } from './node-id.ts';
import { isFailure, type ParseFailure } from './parse-failure.ts';
import { quote } from './quote.ts';

/** What a rule says of a connection. Countries are those that exits declare; without any allowed ones all are. */
export type RuleAction =
  | { readonly type: 'block' }
  | { readonly type: 'direct' }
  | { readonly type: 'auto' }
  | { readonly type: 'exit'; readonly exit: NodeId }
  | { readonly type: 'countries'; readonly allowed: readonly string[] | null; readonly forbidden: readonly string[] };

const FORMS = 'auto, block, direct, exit 3, countries DE FR, or not countries US';

const WORDS = ['auto', 'block', 'direct', 'exit', 'countries', 'not'];

/** Reads `block`, `direct`, `auto`, `exit 3`, `countries DE FR` or `not countries US`. */
export function parseRuleAction(text: string): RuleAction | ParseFailure {
  const [word = '', ...rest] = text.split(/[\s,]+/).filter((each) => each !== '');
  switch (word) {
    case 'block':
    case 'direct':
    case 'auto':
      return rest.length === 0
        ? { type: word }
        : { error: `${quote(text)} says more than ${word}; write ${word} alone` };
    case 'exit':
      return parseExit(text, rest);
    case 'countries':
      return parseCountries(text, rest, (countries) => ({ type: 'countries', allowed: countries, forbidden: [] }));
    case 'not': {
      const [second, ...countries] = rest;
      if (second !== 'countries') return unknown(text);
      return parseCountries(text, countries, (forbidden) => ({ type: 'countries', allowed: null, forbidden }));
    }
    default:
      return unknown(text);
  }
}

/** The text that {@link parseRuleAction} reads back. */
export function formatRuleAction(action: RuleAction): string {
  switch (action.type) {
    case 'block':
    case 'direct':
    case 'auto':
      return action.type;
    case 'exit':
      return `exit ${action.exit}`;
    case 'countries':
      return action.allowed === null
        ? `not countries ${action.forbidden.join(' ')}`
        : `countries ${action.allowed.join(' ')}`;
  }
}

function parseExit(text: string, [number, ...rest]: readonly string[]): RuleAction | ParseFailure {
  const exit = number !== undefined && /^\d{1,3}$/.test(number) ? parseNodeId(Number(number)) : null;
  if (exit !== null && rest.length === 0) return { type: 'exit', exit };
  return {
    error: `${quote(text)} names no exit; write exit and a node number from 1 to ${MAX_NODE_ID}, such as exit 3`,
  };
}

function parseCountries(
  text: string,
  words: readonly string[],
  make: (countries: readonly string[]) => RuleAction,
): RuleAction | ParseFailure {
  if (words.length === 0)
    return { error: `${quote(text)} names no country; write two letters for each, such as DE FR` };
  const countries = new Set<string>();
  for (const word of words) {
    const country = parseCountryCode(word);
    if (isFailure(country)) return country;
    countries.add(country);
  }
  return make([...countries]);
}

function unknown(text: string): ParseFailure {
  const meant = nearestWord(text.trim().split(/\s/)[0]!, WORDS);
  const hint = meant === null || meant === 'not' ? '' : ` (did you mean ${meant}?)`;
  return { error: `${quote(text)} is nothing that a rule can do${hint}; write ${FORMS}` };
}
