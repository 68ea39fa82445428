import { dirname } from 'node:path';
import { formatConfigError } from '../../config/config-error.ts';
import type { Config } from '../../config/config.ts';
import { locateInConfig } from '../../config/parse-config.ts';
import type { RuleSettings } from '../../config/rule-settings.ts';
import { shippedSiteGroups } from '../../socks/exits/site-groups.ts';
import type { EntryPlace, RuleProblem } from '../../socks/rules/rule-problem.ts';
import { RuleRouter } from '../../socks/rules/rule-router.ts';
import { RuleSetBuilder, type PatternSource } from '../../socks/rules/rule-set-builder.ts';
import type { PatternIndex } from '../../socks/rules/rule-set.ts';
import { readConfigText } from '../setup/read-config-file.ts';
import { ListsReader, sizeOfLists } from './read-lists.ts';

/** What is loaded. */
export interface LoadRulesOptions {
  readonly config: Pick<Config, 'rules' | 'siteGroups'>;
  /** Absolute; lists are relative to its folder. */
  readonly configPath: string;
  /** Random, 32 bits: strangers choose the names that are looked up. */
  readonly seed: number;
}

/** Rules that can be asked, or why they can't. `files` are the lists, with their signatures from before they were read. */
export type LoadedRules =
  | {
      readonly type: 'loaded';
      readonly router: RuleRouter;
      readonly rules: number;
      readonly lists: number;
      /** Names and networks. */
      readonly entries: number;
      readonly files: ReadonlyMap<string, string>;
    }
  | {
      readonly type: 'broken';
      /** Lines for a terminal: file, line, what is wrong and how to mend it. */
      readonly problems: readonly string[];
      readonly files: ReadonlyMap<string, string>;
    };

/** Problems that are told; the others are counted. */
const MAX_PROBLEMS = 20;

/** Reads the lists of rules and folds both, a slice of about a millisecond at a time. */
export async function loadRules({ config, configPath, seed }: LoadRulesOptions): Promise<LoadedRules> {
  const rules = config.rules ?? [];
  const folder = dirname(configPath);
  const named = [...new Set(rules.flatMap(({ lists }) => lists ?? []))];
  // A name and what is kept beside it take a little more than its line.
  const builder = new RuleSetBuilder(rules, Math.ceil((await sizeOfLists(named, folder)) * 1.3));
  const read = await new ListsReader().read(builder, folder, (list) => placeOfList(rules, list));
  const compiled = await compile(builder.patterns);
  const problems = [...read.problems, ...builder.problems, ...compiled.problems];
  const { files } = read;
  if (problems.length > 0) return { type: 'broken', problems: describe(problems, configPath), files };
  const slices = builder.build(seed, compiled.patterns);
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) {
      const router = new RuleRouter(slice.value, shippedSiteGroups(config.siteGroups));
      return { type: 'loaded', router, rules: rules.length, lists: files.size, entries: builder.count, files };
    }
    await otherThings();
  }
}

/** The library for patterns is loaded where there are any. */
async function compile(
  sources: readonly PatternSource[],
): Promise<{ readonly patterns: PatternIndex; readonly problems: readonly RuleProblem[] }> {
  if (sources.length === 0) return { patterns: { find: () => {} }, problems: [] };
  const { HostPatterns } = await import('../../socks/rules/host-patterns.ts');
  const problems: RuleProblem[] = [];
  const patterns = new HostPatterns();
  for (const source of sources) {
    const failure = patterns.add(source);
    if (failure !== null) problems.push({ place: source.place, message: failure.error });
    await otherThings();
  }
  return { patterns, problems };
}

/** Lets the process do what else is to be done. */
function otherThings(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function placeOfList(rules: readonly RuleSettings[], list: string): EntryPlace {
  const rule = rules.findIndex(({ lists }) => lists?.includes(list));
  return { type: 'configuration', path: ['rules', rule, 'lists', rules[rule]?.lists?.indexOf(list) ?? 0] };
}

/** With the places in the configuration as it is on the disk now. */
function describe(problems: readonly RuleProblem[], configPath: string): string[] {
  const told = problems.slice(0, MAX_PROBLEMS).map(({ place, message }) => {
    if (place.type === 'list') return `${place.file}:${place.line}: ${message}`;
    return formatConfigError(
      configPath,
      locateInConfig(readConfigText(configPath), [{ path: place.path, message }])[0]!,
    );
  });
  const more = problems.length - told.length;
  return more === 0 ? told : [...told, `and ${more} more`];
}
