import { RE2JS, RE2Set } from 're2js';
import { isFailure, type ParseFailure } from '../../config/parse-failure.ts';
import { quote } from '../../config/quote.ts';
import type { FoundOwner } from './entry-table.ts';

/** Largest pattern, in instructions of its program: `[a-z]{30}` takes 32. */
const MAX_INSTRUCTIONS = 500;

/**
 * The same for all of them: a name that needs ever new states costs each instruction a step a character, and that is what
 * a stranger who knows the patterns can make every connection cost.
 */
const MAX_ALL_INSTRUCTIONS = 16_384;

/** Names are ASCII, and folding the case of classes of all of Unicode takes a tenth of a second a pattern. */
const FLAGS = RE2JS.CASE_INSENSITIVE | RE2JS.DISABLE_UNICODE_GROUPS;

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

/** Regular expressions that are searched for together, without what would take longer than linear time. */
export class HostPatterns {
  readonly #groups: { readonly set: RE2Set; readonly owners: number[] }[] = [];
  #groupInstructions = 0;
  #allInstructions = 0;

  /** Takes one more, as long as nothing was searched for; some milliseconds at most. Returns what is wrong with it, or null. */
  add({ text, owner }: OwnedPattern): ParseFailure | null {
    const instructions = checkPattern(text);
    if (isFailure(instructions)) return instructions;
    if (this.#allInstructions + instructions > MAX_ALL_INSTRUCTIONS) {
      return {
        error: `${quote(text)} is too much beside the other expressions: all would be searched for slowly; use fewer`,
      };
    }
    this.#allInstructions += instructions;
    let group = this.#groups.at(-1);
    this.#groupInstructions += instructions;
    if (group === undefined || group.owners.length === GROUP_PATTERNS || this.#groupInstructions > GROUP_INSTRUCTIONS) {
      group?.set.compile();
      group = { set: new RE2Set(RE2Set.UNANCHORED, FLAGS, GROUP_MEMORY), owners: [] };
      this.#groups.push(group);
      this.#groupInstructions = instructions;
    }
    group.set.add(text);
    group.owners.push(owner);
    return null;
  }

  /** Finds the patterns that are found in a name. */
  find(name: string, found: FoundOwner): void {
    for (const { set, owners } of this.#groups) for (const index of set.match(name)) found(owners[index]!);
  }
}

/** The instructions that a regular expression takes, or what is wrong with it. */
function checkPattern(text: string): number | ParseFailure {
  if (/[^\0-\x7f]|\\x\{|\\[pP]/.test(text)) {
    return {
      error: `${quote(text)} is not for host names, which are ASCII; write letters beyond it as in xn--bcher-kva`,
    };
  }
  const compiled = compile(text);
  if (isFailure(compiled)) return compiled;
  const instructions = compiled.programSize();
  if (instructions <= MAX_INSTRUCTIONS) return instructions;
  return { error: `${quote(text)} repeats too much to be searched for quickly; write a simpler expression` };
}

function compile(text: string): RE2JS | ParseFailure {
  try {
    return RE2JS.compile(text, FLAGS);
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
