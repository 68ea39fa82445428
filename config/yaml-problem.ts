/** A step down a tree: a key of a map or a place in a list. */
export type PathStep = string | number;

/** A finding at an offset of the text, in UTF-16 units. `path` is empty where the text itself is broken. */
export interface YamlProblem {
  readonly message: string;
  readonly offset: number;
  readonly path: readonly PathStep[];
}
