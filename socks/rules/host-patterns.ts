import { RE2JS, RE2Set } from 're2js';
import { isFailure, type ParseFailure } from '../../config/parse-failure.ts';
import { quote } from '../../config/quote.ts';
import type { FoundOwner } from './entry-table.ts';

/**
 * Most patterns of all rules and lists together. Names are chosen by strangers, and each pattern is asked for each name.
 */
export const MAX_PATTERNS = 1_024;

/** Largest pattern, in instructions of its program: `[a-z]{30}` takes 32. */
const MAX_INSTRUCTIONS = 500;

/** Patterns that are searched for together, and the sum of their instructions: more take more states than they save time. */
const GROUP_PATTERNS = 16;
const GROUP_INSTRUCTIONS = 1_000;

/** What the states of a group may take, in bytes, before they are thrown away and made anew. */
const GROUP_MEMORY = 1 << 18;

/** A pattern and who has it. */
export interface OwnedPattern {
  readonly text: string;
  readonly owner: number;
}

/** Checked regular expressions, without what would take longer than linear time. */
export class HostPatterns {
  readonly #groups: { readonly set: RE2Set; readonly owners: readonly number[] }[] = [];

  /** All must have passed {@link checkPattern}, with `instructions` as it said. */
  constructor(patterns: readonly (OwnedPattern & { readonly instructions: number })[]) {
    let set: RE2Set | null = null;
    let owners: number[] = [];
    let sum = 0;
    for (const { text, owner, instructions } of patterns) {
      sum += instructions;
      if (set === null || owners.length === GROUP_PATTERNS || sum > GROUP_INSTRUCTIONS) {
        set = new RE2Set(RE2Set.UNANCHORED, RE2JS.CASE_INSENSITIVE, GROUP_MEMORY);
        owners = [];
        sum = instructions;
        this.#groups.push({ set, owners });
      }
      set.add(text);
      owners.push(owner);
    }
    for (const group of this.#groups) group.set.compile();
  }

  /** Finds the patterns that are found in a name. */
  find(name: string, found: FoundOwner): void {
    for (const { set, owners } of this.#groups) for (const index of set.match(name)) found(owners[index]!);
  }
}

/** The instructions that a regular expression takes, or what is wrong with it. */
export function checkPattern(text: string): number | ParseFailure {
  const compiled = compile(text);
  if (isFailure(compiled)) return compiled;
  const instructions = compiled.programSize();
  if (instructions <= MAX_INSTRUCTIONS) return instructions;
  return { error: `${quote(text)} repeats too much to be searched for quickly; write a simpler expression` };
}

function compile(text: string): RE2JS | ParseFailure {
  try {
    return RE2JS.compile(text, RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    if (/\(\?(?:[=!]|<[=!])|\\[1-9]/.test(text)) {
      const what = 'looks ahead, looks behind or refers back, for which names of strangers could take forever';
      return { error: `${quote(text)} ${what}; write it without (RE2 syntax)` };
    }
    const why = /^error parsing regexp: ([\w ,()[\]-]+)/.exec(error instanceof Error ? error.message : '')?.[1];
    return {
      error: `${quote(text)} is no regular expression${why === undefined ? '' : ` (${why})`}; mend it (RE2 syntax)`,
    };
  }
}
