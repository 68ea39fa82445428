import { formatPortRange } from '../../config/port-range.ts';
import { RULE_CONDITIONS, type RuleSettings } from '../../config/rule-settings.ts';

/** Entries that are told of each condition, and the longest text, in characters. */
const ENTRIES = 2;
const MAX_CHARACTERS = 160;

/** A rule in short, for people: `rule 3 (suffixes example.com, example.net and 5 more; ports 443)`. */
export function ruleText(rule: RuleSettings, place: number): string {
  const conditions = RULE_CONDITIONS.flatMap((condition) => {
    const entries = rule[condition]?.map((entry) => (typeof entry === 'string' ? entry : formatPortRange(entry)));
    if (entries === undefined) return [];
    const more = entries.length - ENTRIES;
    return [`${condition} ${entries.slice(0, ENTRIES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
  });
  const text = conditions.length === 0 ? 'all others' : conditions.join('; ');
  return `rule ${place + 1} (${text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text})`;
}
