import { domainToASCII } from 'node:url';
import { canonicalIp } from './ip-literal.ts';
import type { ParseFailure } from './parse-failure.ts';
import { quote } from './quote.ts';

/** Longest name in bytes: SOCKS5 and DNS have one byte for its length. */
export const MAX_DOMAIN_BYTES = 255;

const NAME = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;
/** What resolvers take for an address, of which no top-level domain is made. */
const NUMERIC_END = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/;

/**
 * Reads a domain such as `example.com`: lower case, one trailing dot gone, names beyond ASCII as punycode (UTS 46).
 * Single labels such as `com` or `localhost` are domains too.
 */
export function parseDomainName(text: string): string | ParseFailure {
  const shown = quote(text);
  if (text === '') return { error: 'is empty; write a domain such as example.com' };
  if (text.length > MAX_DOMAIN_BYTES) return { error: `${shown} is longer than ${MAX_DOMAIN_BYTES} bytes` };
  if (canonicalIp(text) !== null) return { error: `${shown} is an address; write it as a network` };
  if (text.includes('/')) return { error: `${shown} is no domain; write only the name, such as example.com` };
  const bare = /^(?:\*?\.|\+\.)(.*)$/s.exec(text)?.[1];
  if (bare !== undefined)
    return {
      error: `${shown} starts with a sign; write ${quote(bare)} as a suffix, which stands for all below it too`,
    };
  const ascii = /^[\0-\x7f]*$/.test(text) ? text : domainToASCII(text);
  const name = (ascii.endsWith('.') ? ascii.slice(0, -1) : ascii).toLowerCase();
  if (name.length > MAX_DOMAIN_BYTES) return { error: `${shown} is longer than ${MAX_DOMAIN_BYTES} bytes` };
  if (!NAME.test(name))
    return { error: `${shown} is no domain; write labels of letters, digits, - and _, joined by single dots` };
  if (NUMERIC_END.test(name)) return { error: `${shown} ends in a number, which no domain does` };
  return name;
}
