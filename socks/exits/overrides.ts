import { parseCountryCode } from '../../config/country-code.ts';
import { parseNodeId, type NodeId } from '../../config/node-id.ts';
import { isFailure, type ParseFailure } from '../../config/parse-failure.ts';
import { quote } from '../../config/quote.ts';
import type { Host } from '../../mesh/session/target.ts';

/** What a program asks of its connection by its user name. */
export interface ExitOverrides {
  /** This exit and no other. */
  readonly exit?: NodeId;
  /** Exits of this country only; ISO 3166-1 alpha-2, in capitals. */
  readonly country?: string;
  /** Keeps the site apart from the same site under other keys: 1 to 63 letters, digits, `.`, `-` and `_`. */
  readonly site?: string;
}

const KEYS = ['exit', 'country', 'site'] as const;

/** Reads `exit=7`, `country=JP`, `site=work`, or several separated by commas or semicolons. Empty text asks for nothing. */
export function parseExitOverrides(text: string): ExitOverrides | ParseFailure {
  const found: { exit?: NodeId; country?: string; site?: string } = {};
  for (const part of text.split(/[,;]/)) {
    const word = part.trim();
    if (word === '') continue;
    const equals = word.indexOf('=');
    const key = KEYS.find((known) => equals > 0 && known === word.slice(0, equals).trim().toLowerCase());
    const value = word.slice(equals + 1).trim();
    if (key === undefined) {
      return { error: `the user name holds ${quote(word)}; write exit=NUMBER, country=CODE or site=WORD` };
    }
    if (found[key] !== undefined) return { error: `the user name holds ${key} twice; write it once` };
    switch (key) {
      case 'exit': {
        const exit = /^\d{1,3}$/.test(value) ? parseNodeId(Number(value)) : null;
        if (exit === null) return { error: `exit is ${quote(value)}; write a node number from 1 to 254` };
        found.exit = exit;
        break;
      }
      case 'country': {
        const country = parseCountryCode(value.toUpperCase());
        if (isFailure(country)) return { error: `country: ${country.error}` };
        found.country = country;
        break;
      }
      case 'site':
        if (!/^[\w.-]{1,63}$/.test(value)) {
          return { error: `site is ${quote(value)}; write 1 to 63 letters, digits, dots, hyphens or underscores` };
        }
        found.site = value;
        break;
    }
  }
  return found;
}

/** The exit that the address `0.0.NODE.0` stands for, or null for every other host. */
export function magicExit(host: Host): NodeId | null {
  if (host.type !== 'ip' || host.bytes.length !== 4) return null;
  const [first, second, node, last] = host.bytes;
  return first === 0 && second === 0 && last === 0 ? parseNodeId(node!) : null;
}
