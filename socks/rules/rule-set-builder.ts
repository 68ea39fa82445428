import type { IpNetwork } from '../../config/ip-network.ts';
import type { RuleCondition, RuleSettings } from '../../config/rule-settings.ts';
import { EntryTableBuilder } from './entry-table.ts';
import { KeywordIndex, MAX_ALL_KEYWORD_CHARACTERS, type OwnedKeyword } from './keyword-index.ts';
import { PortIndex } from './port-index.ts';
import { networksOf } from './private-networks.ts';
import { addRule, maskWords, type RuleMask } from './rule-mask.ts';
import type { EntryPlace, RuleProblem } from './rule-problem.ts';
import { RuleSet, type EntryOwner, type PatternIndex } from './rule-set.ts';

/** Most entries of all rules and lists together. */
export const MAX_ENTRIES = 2_000_000;

/** Most patterns of all rules and lists together: each is asked for each name. */
const MAX_PATTERNS = 1_024;

/** A pattern, who has it, and where it stands. */
export interface PatternSource {
  readonly text: string;
  readonly owner: number;
  readonly place: EntryPlace;
}

/** Where the entries of one list go. */
export interface ListSink {
  /** Whether no more entries fit; more are an error. */
  readonly isFull: boolean;
  /** Copies a name of 1 to 255 bytes in lower case. */
  addName(source: Uint8Array, start: number, end: number, kind: 'suffix' | 'host'): void;
  addNetwork(network: IpNetwork): void;
  /** In lower case, of the characters of host names. */
  addKeyword(text: string, place: EntryPlace): void;
  addPattern(text: string, place: EntryPlace): void;
}

/** Folds rules and their lists into a {@link RuleSet}. Of no use after `build`. */
export class RuleSetBuilder {
  readonly #rules: readonly RuleSettings[];
  readonly #table: EntryTableBuilder;
  readonly #owners: EntryOwner[] = [];
  readonly #keywords: OwnedKeyword[] = [];
  readonly #patterns: PatternSource[] = [];
  readonly #problems: RuleProblem[] = [];
  #keywordCharacters = 0;
  #hasTooManyPatterns = false;

  /** @param expectedBytes how large the lists are together */
  constructor(rules: readonly RuleSettings[], expectedBytes = 0) {
    this.#rules = rules;
    this.#table = new EntryTableBuilder(expectedBytes);
    for (const [index, rule] of rules.entries()) this.#addRule(rule, index);
  }

  /** The lists that rules name, each once, as they name them. */
  get lists(): readonly string[] {
    return [...new Set(this.#rules.flatMap(({ lists }) => lists ?? []))];
  }

  /** Names and networks taken so far. */
  get count(): number {
    return this.#table.count;
  }

  /** To be compiled before `build`. */
  get patterns(): readonly PatternSource[] {
    return this.#patterns;
  }

  /** Entries that did not fit. */
  get problems(): readonly RuleProblem[] {
    return this.#problems;
  }

  /** Takes the entries of a list that rules name. */
  list(name: string): ListSink {
    const rules = [...this.#rules.keys()].filter((index) => this.#rules[index]!.lists?.includes(name));
    const owner = this.#owner('lists', rules);
    const table = this.#table;
    return {
      get isFull() {
        return table.count >= MAX_ENTRIES;
      },
      addName: (source, start, end, kind) => table.addName(source, start, end, kind, owner),
      addNetwork: (network) => table.addNetwork(network, 'network', owner),
      addKeyword: (text, place) => this.#addKeyword(text, owner, place),
      addPattern: (text, place) => this.#addPattern(text, owner, place),
    };
  }

  /** Makes the set, a slice of about a millisecond at a time. `seed` is random, 32 bits. */
  *build(seed: number, patterns: PatternIndex): Generator<void, RuleSet> {
    const rules = this.#rules;
    const words = maskWords(rules.length);
    const table = yield* this.#table.build(seed);
    const ports = rules.flatMap(({ ports: ranges }, rule) => (ranges === undefined ? [] : [{ rule, ranges }]));
    const countries = new Map<string, RuleMask>();
    for (const [index, { resolvedCountries }] of rules.entries()) {
      for (const country of resolvedCountries ?? []) {
        const mask = countries.get(country) ?? new Uint32Array(words);
        addRule(mask, index);
        countries.set(country, mask);
      }
    }
    return new RuleSet({
      rules,
      owners: this.#owners,
      table,
      keywords: new KeywordIndex(this.#keywords),
      patterns,
      ports: new PortIndex(ports, words),
      countries,
    });
  }

  #addRule(rule: RuleSettings, index: number): void {
    this.#addNames(rule.domains, 'domains', 'host', index);
    this.#addNames(rule.suffixes, 'suffixes', 'suffix', index);
    this.#addNetworks(rule.networks, 'networks', 'network', index);
    this.#addNetworks(rule.resolvedNetworks, 'resolvedNetworks', 'resolved-network', index);
    if (rule.keywords !== undefined) {
      const owner = this.#owner('keywords', [index]);
      for (const [at, text] of rule.keywords.entries()) this.#addKeyword(text, owner, placeOf(index, 'keywords', at));
    }
    if (rule.patterns === undefined) return;
    const owner = this.#owner('patterns', [index]);
    for (const [at, text] of rule.patterns.entries()) {
      this.#addPattern(text, owner, placeOf(index, 'patterns', at));
    }
  }

  #addNames(
    names: readonly string[] | undefined,
    condition: RuleCondition,
    kind: 'suffix' | 'host',
    index: number,
  ): void {
    if (names === undefined) return;
    const owner = this.#owner(condition, [index]);
    for (const name of names) {
      const bytes = Buffer.from(name, 'latin1');
      this.#table.addName(bytes, 0, bytes.length, kind, owner);
    }
  }

  #addNetworks(
    names: readonly string[] | undefined,
    condition: RuleCondition,
    kind: 'network' | 'resolved-network',
    index: number,
  ): void {
    if (names === undefined) return;
    const owner = this.#owner(condition, [index]);
    for (const network of names.flatMap(networksOf)) this.#table.addNetwork(network, kind, owner);
  }

  #addKeyword(text: string, owner: number, place: EntryPlace): void {
    this.#keywordCharacters += text.length;
    if (this.#keywordCharacters <= MAX_ALL_KEYWORD_CHARACTERS) this.#keywords.push({ text, owner });
    else if (this.#keywordCharacters - text.length <= MAX_ALL_KEYWORD_CHARACTERS) {
      const message = `the keywords of all rules and lists hold more than ${MAX_ALL_KEYWORD_CHARACTERS} characters together; use fewer`;
      this.#problems.push({ place, message });
    }
  }

  #addPattern(text: string, owner: number, place: EntryPlace): void {
    if (this.#patterns.length < MAX_PATTERNS) this.#patterns.push({ text, owner, place });
    else if (!this.#hasTooManyPatterns) {
      this.#hasTooManyPatterns = true;
      const message = `all rules and lists together have more than ${MAX_PATTERNS} regular expressions; use fewer`;
      this.#problems.push({ place, message });
    }
  }

  #owner(condition: RuleCondition, rules: readonly number[]): number {
    return this.#owners.push({ condition, rules }) - 1;
  }
}

function placeOf(rule: number, condition: RuleCondition, at: number): EntryPlace {
  return { type: 'configuration', path: ['rules', rule, condition, at] };
}
