import type { PathStep } from '../../config/yaml-problem.ts';

/** Where an entry of a rule stands: a value of the configuration, or a line of a list, counted from 1. */
export type EntryPlace =
  | { readonly type: 'configuration'; readonly path: readonly PathStep[] }
  | { readonly type: 'list'; readonly file: string; readonly line: number };

/** One thing that is wrong with rules or their lists, and how to mend it. */
export interface RuleProblem {
  readonly place: EntryPlace;
  readonly message: string;
}
