import { parseDomainName } from '../../config/domain-name.ts';
import { parseHostKeyword } from '../../config/host-keyword.ts';
import { canonicalIp } from '../../config/ip-literal.ts';
import { parseIpNetwork, type IpNetwork } from '../../config/ip-network.ts';
import { isFailure, type ParseFailure } from '../../config/parse-failure.ts';
import { quote } from '../../config/quote.ts';
import { MAX_PATTERN_CHARACTERS } from '../../config/rule-settings.ts';

/** What a line of a list says. Attributes are the words after `@` of geosite lists. */
export type ListEntry =
  | {
      readonly type: 'names';
      readonly names: readonly string[];
      readonly kind: 'suffix' | 'host';
      readonly attributes: readonly string[];
    }
  | { readonly type: 'network'; readonly network: IpNetwork }
  | { readonly type: 'keyword'; readonly text: string; readonly attributes: readonly string[] }
  | { readonly type: 'pattern'; readonly text: string; readonly attributes: readonly string[] }
  /** Another list in the same folder, of which only entries with these attributes and without those are meant. */
  | { readonly type: 'include'; readonly name: string; readonly only: AttributeFilter };

/** Which entries of an included list are meant. */
export interface AttributeFilter {
  readonly all: readonly string[];
  readonly none: readonly string[];
}

const FORMS = 'write a domain, domain:, full:, keyword: or regexp: and its value, a network, or "0.0.0.0 NAME"';

/** Reads a line without its end. Null for an empty one, a comment, and what only belongs to a hosts file. */
export function parseListLine(line: string): ListEntry | ParseFailure | null {
  const text = line.replace(/(?:^|\s)#.*$/s, '').trim();
  if (text === '' || /^(?:!|;|\/\/)/.test(text)) return null;
  const [first = '', ...rest] = text.split(/\s+/);
  const prefixed = /^(domain|full|keyword|regexp|include):(.*)$/s.exec(first);
  if (prefixed === null && rest.length > 0 && isHostsAddress(first)) return parseHostsLine(first, rest);
  const odd = rest.find((word) => !/^[@&][\w!.-]+$/.test(word));
  if (odd !== undefined)
    return { error: `${quote(odd)} does not belong after ${quote(first)}; write one entry a line` };
  const attributes = rest.filter((word) => word.startsWith('@')).map((word) => word.slice(1));
  const [, prefix = '', value = ''] = prefixed ?? [];
  switch (prefix) {
    case 'domain':
      return names(value, 'suffix', attributes);
    case 'full':
      return names(value, 'host', attributes);
    case 'keyword': {
      const keyword = parseHostKeyword(value);
      return isFailure(keyword) ? keyword : { type: 'keyword', text: keyword, attributes };
    }
    case 'regexp':
      if (value === '' || value.length > MAX_PATTERN_CHARACTERS) {
        return { error: `a regular expression has 1 to ${MAX_PATTERN_CHARACTERS} characters; mend or remove this one` };
      }
      return { type: 'pattern', text: value, attributes };
    case 'include':
      return parseInclude(value, attributes);
    default:
      return parsePlain(first, attributes);
  }
}

function parsePlain(text: string, attributes: readonly string[]): ListEntry | ParseFailure {
  if (canonicalIp(text) !== null || /^[0-9a-f:.]+\/\d+$/i.test(text)) {
    const network = parseIpNetwork(text);
    return isFailure(network) ? network : { type: 'network', network };
  }
  if (text.startsWith('||') || text.startsWith('@@')) {
    return { error: `${quote(text)} is a rule of an ad blocker; use the list in its hosts or domains form` };
  }
  // As other programs write a domain with all below it.
  const entry = names(text.startsWith('+.') ? text.slice(2) : text, 'suffix', attributes);
  if (!isFailure(entry) || /^(?:\*?\.)/.test(text)) return entry;
  return { error: `${quote(text)} is no entry; ${FORMS}` };
}

function names(text: string, kind: 'suffix' | 'host', attributes: readonly string[]): ListEntry | ParseFailure {
  const bare = /^\*?\.(.*)$/s.exec(text)?.[1];
  if (bare !== undefined) {
    return { error: `${quote(text)} starts with a sign; write ${quote(bare)}, which stands for all below it too` };
  }
  const name = parseDomainName(text);
  return isFailure(name) ? name : { type: 'names', names: [name], kind, attributes };
}

/** Hosts files name this machine, too: what has no dot, and addresses, are left out. */
function parseHostsLine(address: string, hosts: readonly string[]): ListEntry | ParseFailure | null {
  const found: string[] = [];
  for (const host of hosts) {
    if (!host.includes('.') || canonicalIp(host) !== null) continue;
    const name = parseDomainName(host);
    if (isFailure(name)) return name;
    found.push(name);
  }
  if (found.length === 0) return null;
  if (/^(?:0\.0\.0\.0|127\.0\.0\.1|::1?)$/.test(address)) {
    return { type: 'names', names: found, kind: 'host', attributes: [] };
  }
  return {
    error: `${quote(address)} is given to ${quote(found[0]!)}, but lists only name hosts; write 0.0.0.0 in its place`,
  };
}

/** An address, or one with a zone, as in `fe80::1%lo0 localhost`. */
function isHostsAddress(text: string): boolean {
  return canonicalIp(text.split('%')[0]!) !== null;
}

function parseInclude(name: string, attributes: readonly string[]): ListEntry | ParseFailure {
  if (!/^[\w!-][\w!.-]{0,99}$/.test(name)) {
    return { error: `${quote(name)} can't be included; name a list in the same folder, such as include:ads` };
  }
  const none = attributes.filter((word) => word.startsWith('-')).map((word) => word.slice(1));
  return { type: 'include', name, only: { all: attributes.filter((word) => !word.startsWith('-')), none } };
}
