import type { RuleAction } from './rule-action.ts';

/** Ports from the first to the last, both included; 1 to 65,535. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** What becomes of a site whose exit stays away: it moves, waits, or fails at once. */
export const WHEN_DOWN = ['repin', 'hold', 'fail'] as const;

/**
 * A rule: where every condition that is given holds, its action decides. A condition holds where any of its entries
 * does. Names are in lower case without a trailing dot, networks canonical.
 */
export interface RuleSettings {
  /** These hosts and no others. */
  readonly domains?: readonly string[] | undefined;
  /** These domains and all below them. */
  readonly suffixes?: readonly string[] | undefined;
  /** Parts of host names. */
  readonly keywords?: readonly string[] | undefined;
  /** Regular expressions that host names are searched with. */
  readonly patterns?: readonly string[] | undefined;
  readonly ports?: readonly PortRange[] | undefined;
  /** Networks of addresses that programs ask for as such; `private` stands for all that are not the internet's. */
  readonly networks?: readonly string[] | undefined;
  /** Files of entries, relative to the folder of the configuration file, or absolute. */
  readonly lists?: readonly string[] | undefined;
  /** Countries of the address that the exit connected to. */
  readonly resolvedCountries?: readonly string[] | undefined;
  /** Networks of the address that the exit connected to. */
  readonly resolvedNetworks?: readonly string[] | undefined;
  readonly to: RuleAction;
  /** Absent: `fail` for one exit, else `repin`. */
  readonly whenDown?: (typeof WHEN_DOWN)[number] | undefined;
}

/** The conditions of a rule, in the order in which they are told. */
export const RULE_CONDITIONS = [
  'domains',
  'suffixes',
  'keywords',
  'patterns',
  'ports',
  'networks',
  'lists',
  'resolvedCountries',
  'resolvedNetworks',
] as const;

/** One of the conditions. */
export type RuleCondition = (typeof RULE_CONDITIONS)[number];

/** Most rules. */
export const MAX_RULES = 1_000;

/** Most entries of one condition in the configuration itself; more belong in a list. */
export const MAX_RULE_ENTRIES = 1_000;

/** Most lists that one rule names. */
export const MAX_RULE_LISTS = 64;

/** Longest regular expression, in characters. */
export const MAX_PATTERN_CHARACTERS = 500;
