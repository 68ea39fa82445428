import { RULE_CONDITIONS, type RuleCondition, type RuleSettings } from '../../config/rule-settings.ts';
import type { Destination, Target } from '../../mesh/session/target.ts';
import { unmapped } from '../host-text.ts';
import type { EntryTable, FoundOwner } from './entry-table.ts';
import type { KeywordIndex } from './keyword-index.ts';
import type { PortIndex } from './port-index.ts';
import { addRule, addRules, hasRule, maskWords, nextRule, type RuleMask } from './rule-mask.ts';

/** Finds patterns in names. */
export interface PatternIndex {
  find(name: string, found: FoundOwner): void;
}

/** Whose an entry is: a condition of these rules, by their places. */
export interface EntryOwner {
  readonly condition: RuleCondition;
  readonly rules: readonly number[];
}

/** What a {@link RuleSet} is made of. */
export interface RuleSetParts {
  readonly rules: readonly RuleSettings[];
  readonly owners: readonly EntryOwner[];
  readonly table: EntryTable;
  readonly keywords: KeywordIndex;
  readonly patterns: PatternIndex;
  readonly ports: PortIndex;
  /** The rules by the country of the resolved address. */
  readonly countries: ReadonlyMap<string, RuleMask>;
}

/** What the rules say as long as nobody knows the address. */
export interface FirstVerdict {
  /** The first rule that holds and does not depend on the address, or null where none does. */
  readonly rule: number | null;
  /** Whether a rule before that one may hold, depending on the address. */
  readonly dependsOnAddress: boolean;
}

/**
 * Rules, folded condition by condition: every entry of every rule is looked up at once, which marks the rules whose
 * condition holds; the first rule that is marked for all its conditions decides. Immutable, but not to be asked while it answers.
 */
export class RuleSet {
  /** As configured. */
  readonly rules: readonly RuleSettings[];
  readonly #parts: RuleSetParts;
  /** By condition: the rules without it, for which it always holds. */
  readonly #free = new Map<RuleCondition, RuleMask>();
  /** By condition: the rules for which it holds now. Conditions of no rule are left out. */
  readonly #holds = new Map<RuleCondition, RuleMask>();
  readonly #all: RuleMask;
  readonly #now: RuleMask;
  readonly #found: FoundOwner;

  constructor(parts: RuleSetParts) {
    const { rules, owners } = parts;
    this.rules = rules;
    this.#parts = parts;
    const words = maskWords(rules.length);
    this.#all = new Uint32Array(words);
    for (const rule of rules.keys()) addRule(this.#all, rule);
    this.#now = new Uint32Array(words);
    for (const condition of RULE_CONDITIONS) {
      if (rules.every((rule) => rule[condition] === undefined)) continue;
      const free = new Uint32Array(words);
      for (const [index, rule] of rules.entries()) if (rule[condition] === undefined) addRule(free, index);
      this.#free.set(condition, free);
      this.#holds.set(condition, free.slice());
    }
    this.#found = (owner) => {
      const { condition, rules: its } = owners[owner]!;
      const holds = this.#holds.get(condition)!;
      for (const rule of its) addRule(holds, rule);
    };
  }

  /** What the rules say of a target before anybody knows what address its name stands for. */
  first({ host, port }: Target): FirstVerdict {
    if (this.rules.length === 0) return { rule: null, dependsOnAddress: false };
    const address = host.type === 'ip' ? unmapped(host.bytes) : null;
    this.#mark(host.type === 'name' ? host.name : null, address, port, address, null);
    const countries = this.#holds.get('resolvedCountries');
    const resolved = this.#holds.get('resolvedNetworks');
    // Who has a condition of the address that is not known counts as one that may hold.
    const now = this.#intersect((condition) => {
      if (condition === 'resolvedCountries') return false;
      return condition !== 'resolvedNetworks' || address !== null;
    });
    let dependsOnAddress = false;
    for (let rule = nextRule(now, 0); rule >= 0; rule = nextRule(now, rule + 1)) {
      const isOpen =
        (countries !== undefined && !hasRule(this.#free.get('resolvedCountries')!, rule)) ||
        (address === null && resolved !== undefined && !hasRule(this.#free.get('resolvedNetworks')!, rule));
      if (!isOpen) return { rule, dependsOnAddress };
      dependsOnAddress = true;
    }
    return { rule: null, dependsOnAddress };
  }

  /**
   * The rule that holds for a target whose address an exit knows, or null. A country or an address that is not known is
   * in no rule's.
   */
  final({ host, port }: Target, destination: Destination | null): number | null {
    if (this.rules.length === 0) return null;
    const asked = host.type === 'ip' ? unmapped(host.bytes) : null;
    const resolved = destination === null ? asked : unmapped(destination.address);
    this.#mark(host.type === 'name' ? host.name : null, asked, port, resolved, destination?.country ?? null);
    const rule = nextRule(
      this.#intersect(() => true),
      0,
    );
    return rule < 0 ? null : rule;
  }

  /** Marks for each condition the rules for which it holds. */
  #mark(
    name: string | null,
    asked: Uint8Array | null,
    port: number,
    resolved: Uint8Array | null,
    country: string | null,
  ): void {
    const { table, keywords, patterns, ports, countries } = this.#parts;
    for (const [condition, holds] of this.#holds) holds.set(this.#free.get(condition)!);
    if (name !== null) {
      const plain = (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();
      table.findName(plain, this.#found);
      keywords.find(plain, this.#found);
      patterns.find(plain, this.#found);
    }
    if (asked !== null) table.findAddress(asked, 'network', this.#found);
    if (resolved !== null) table.findAddress(resolved, 'resolved-network', this.#found);
    const holdsPorts = this.#holds.get('ports');
    if (holdsPorts !== undefined) addRules(holdsPorts, ports.rulesOf(port));
    const ofCountry = country === null ? undefined : countries.get(country);
    if (ofCountry !== undefined) addRules(this.#holds.get('resolvedCountries')!, ofCountry);
  }

  #intersect(counts: (condition: RuleCondition) => boolean): RuleMask {
    const now = this.#now;
    now.set(this.#all);
    for (const [condition, holds] of this.#holds) {
      if (!counts(condition)) continue;
      for (let word = 0; word < now.length; word++) now[word]! &= holds[word]!;
    }
    return now;
  }
}
