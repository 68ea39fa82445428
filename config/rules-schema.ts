import { z } from 'zod';
import { parseCountryCode } from './country-code.ts';
import { parseDomainName } from './domain-name.ts';
import { parseHostKeyword } from './host-keyword.ts';
import { formatIpNetwork, parseIpNetwork } from './ip-network.ts';
import { RULE_KEY_DESCRIPTIONS as DOC } from './key-descriptions.ts';
import { isFailure, type ParseFailure } from './parse-failure.ts';
import { parsePortRange } from './port-range.ts';
import { parseRuleAction } from './rule-action.ts';
import {
  MAX_PATTERN_CHARACTERS,
  MAX_RULE_ENTRIES,
  MAX_RULE_LISTS,
  MAX_RULES,
  RULE_CONDITIONS,
  WHEN_DOWN,
  type PortRange,
  type RuleCondition,
} from './rule-settings.ts';
import { list, map, refuse, text, wrong } from './schema-parts.ts';

/** Most groups of sites, and most domains of one. */
const MAX_SITE_GROUPS = 1_000;
const MAX_GROUP_DOMAINS = 256;

/** Conditions that only names fulfil. */
const OF_NAMES: readonly RuleCondition[] = ['domains', 'suffixes', 'keywords', 'patterns'];

const domain = text('a domain such as example.com', parseDomainName);
const network = text('a network such as 192.0.2.0/24', parseNetworkName);
const country = text('two letters such as DE', parseCountryCode, '^[A-Z]{2}$');
const port = z
  .union([z.number(), z.string()], wrong('a port such as 443 or a range such as 8000-9000'))
  .transform((value, context): PortRange => {
    const range = parsePortRange(value);
    return isFailure(range) ? refuse(context, range.error) : range;
  });

/** The keys of a rule. */
export const RULE_SHAPE = {
  domains: entries(domain, 'domains').optional().describe(DOC.domains),
  suffixes: entries(domain, 'domains').optional().describe(DOC.suffixes),
  keywords: entries(text('a part of names', parseHostKeyword), 'parts of names').optional().describe(DOC.keywords),
  patterns: entries(text('a regular expression', parsePattern), 'regular expressions')
    .optional()
    .describe(DOC.patterns),
  ports: entries(port, 'ports').optional().describe(DOC.ports),
  networks: entries(network, 'networks').optional().describe(DOC.networks),
  lists: entries(text('a file name', parseFileName), 'file names', MAX_RULE_LISTS).optional().describe(DOC.lists),
  resolvedCountries: entries(country, 'countries').optional().describe(DOC.resolvedCountries),
  resolvedNetworks: entries(network, 'networks').optional().describe(DOC.resolvedNetworks),
  to: text('what to do, such as block or exit 3', parseRuleAction).describe(DOC.to),
  whenDown: z.enum(WHEN_DOWN, wrong('one of repin, hold, fail')).optional().describe(DOC.whenDown),
};

const rule = map(RULE_SHAPE).superRefine((value, context) => {
  const { to, whenDown, networks } = value;
  const name = OF_NAMES.find((condition) => value[condition] !== undefined);
  if (networks !== undefined && name !== undefined) {
    const message = `never holds together with ${name}, because a host is an address or a name; write two rules`;
    context.addIssue({ code: 'custom', path: ['networks'], message });
  }
  if (whenDown !== undefined && (to.type === 'block' || to.type === 'direct')) {
    const message = `says nothing where no exit is used; remove it, or change "to: ${to.type}"`;
    context.addIssue({ code: 'custom', path: ['whenDown'], message });
  }
});

/** All rules, in the order in which they are asked. */
export const rules = list(rule, 'rules', MAX_RULES).superRefine((all, context) => {
  const open = all.findIndex((each) => RULE_CONDITIONS.every((condition) => each[condition] === undefined));
  if (open < 0 || open === all.length - 1) return;
  const message = 'has no condition, so that no rule after it is ever asked; give it one, or move it to the end';
  context.addIssue({ code: 'custom', path: [open], message });
});

/** Lists of domains that share one login. */
export const siteGroups = list(
  list(domain, 'domains', MAX_GROUP_DOMAINS).refine((group) => group.length >= 2, {
    error: 'is no group; write two domains or more',
  }),
  'lists of domains',
  MAX_SITE_GROUPS,
);

function entries<T extends z.ZodType>(item: T, what: string, max = MAX_RULE_ENTRIES) {
  return list(item, what, max).refine((all) => all.length > 0, {
    error: `is empty, so that the rule would never hold; add an entry, or remove the key`,
  });
}

/** A network in its one spelling, or the word that stands for all that are not the internet's. */
function parseNetworkName(value: string): string | ParseFailure {
  if (value === 'private') return value;
  const parsed = parseIpNetwork(value);
  return isFailure(parsed) ? parsed : formatIpNetwork(parsed);
}

/** Its syntax is checked where it is compiled. */
function parsePattern(value: string): string | ParseFailure {
  if (value === '') return { error: 'is empty, so that it would be in every name; write a regular expression' };
  if (value.length <= MAX_PATTERN_CHARACTERS) return value;
  return { error: `is longer than ${MAX_PATTERN_CHARACTERS} characters; write several shorter ones` };
}

function parseFileName(value: string): string | ParseFailure {
  if (value === '') return { error: 'is empty; name a file, such as lists/ads.txt' };
  if (value.length > 4_096) return { error: 'is longer than any file name' };
  // oxlint-disable-next-line no-control-regex -- no file has such a name, and a terminal must not see it
  return /[\0-\x1f\x7f]/.test(value)
    ? { error: 'holds control characters; name a file, such as lists/ads.txt' }
    : value;
}
