import type { ConfigError } from './config-error.ts';
import type { Config } from './config.ts';
import { nearestWord } from './nearest-word.ts';
import { quote } from './quote.ts';
import { configSchema, KNOWN_KEYS } from './schema.ts';
import type { PathStep, YamlProblem } from './yaml-problem.ts';
import { readYaml, type YamlTree } from './yaml-tree.ts';

/** The configuration, or everything that is wrong with it in the order of the text. */
export type ParsedConfig = { readonly config: Config } | { readonly errors: readonly ConfigError[] };

/** Further errors are only counted. */
const MAX_ERRORS = 50;

type SchemaIssue = NonNullable<ReturnType<typeof configSchema.safeParse>['error']>['issues'][number];

/** Reads the text of a configuration file (YAML 1.2, UTF-8, at most 1 MiB). No error repeats a secret. */
export function parseConfig(text: string): ParsedConfig {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  const tree = readYaml(source);
  if ('value' in tree) return checkTree(tree, source);
  return { errors: locate(onePerLine(tree, source), source) };
}

/** Where values stand that others have found fault with: the same errors, with their places in the text. */
export function locateInConfig(
  text: string,
  problems: readonly { readonly path: readonly PathStep[]; readonly message: string }[],
): readonly ConfigError[] {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  const tree = readYaml(source);
  const placeOf = 'value' in tree ? tree.placeOf : () => null;
  return locate(
    problems.map(({ path, message }) => ({ message, path, offset: placeOf(path)?.valueOffset ?? 0 })),
    source,
  );
}

function checkTree(tree: YamlTree, source: string): ParsedConfig {
  if (tree.value === null && tree.problems.length === 0) {
    const message = 'the file is empty; make a configuration with "uservpn init" or "uservpn join LINK"';
    return { errors: [{ message, line: 1, column: 1, path: '' }] };
  }
  if (typeof tree.value !== 'object' || Array.isArray(tree.value)) {
    const offset = tree.placeOf([])?.valueOffset ?? 0;
    const kind = Array.isArray(tree.value) ? 'a list' : 'a single value';
    return {
      errors: locate([{ message: `the file holds ${kind}; write "key: value" lines`, offset, path: [] }], source),
    };
  }
  const result = configSchema.safeParse(tree.value);
  if (result.success && tree.problems.length === 0) return { config: result.data };
  // What an alias or a tag stood for is unknown: its own message is enough.
  const refused = new Set(tree.problems.map(sameThing));
  const issues = result.error?.issues ?? [];
  const misspelt = misspeltKeys(issues);
  const found = issues
    .filter((issue) => !followsFrom(misspelt, issue, tree))
    .flatMap((issue) => issueProblems(issue, tree))
    .filter((problem) => !refused.has(sameThing(problem)));
  return { errors: locate([...tree.problems, ...found], source) };
}

function sameThing({ path, offset }: YamlProblem): string {
  return JSON.stringify([path, offset]);
}

/** Maps with keys that are none, by their paths, and which keys those were meant to be. */
function misspeltKeys(issues: readonly SchemaIssue[]): ReadonlyMap<string, readonly string[]> {
  const misspelt = new Map<string, readonly string[]>();
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const path = stepsOf(issue);
    const meant = issue.keys.map((key) => nearestWord(key, KNOWN_KEYS.get(schemaPath(path)) ?? []));
    misspelt.set(
      JSON.stringify(path),
      meant.filter((key) => key !== null),
    );
  }
  return misspelt;
}

/** What is said of a map as a whole, or of a key that it lacks, is about the key that was misspelt: one message is enough. */
function followsFrom(misspelt: ReadonlyMap<string, readonly string[]>, issue: SchemaIssue, tree: YamlTree): boolean {
  if (issue.code === 'unrecognized_keys') return false;
  const path = stepsOf(issue);
  if (misspelt.has(JSON.stringify(path))) return true;
  const meant = misspelt.get(JSON.stringify(path.slice(0, -1)));
  return tree.placeOf(path) === null && meant?.includes(String(path.at(-1))) === true;
}

function stepsOf(issue: SchemaIssue): PathStep[] {
  return issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
}

/** Where keys are known by: steps into lists are left out. */
function schemaPath(path: readonly PathStep[]): string {
  return path.filter((step) => typeof step === 'string').join('.');
}

function issueProblems(issue: SchemaIssue, tree: YamlTree): YamlProblem[] {
  const path = stepsOf(issue);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const keyPath = [...path, key];
      return { message: unknownKey(path, key), offset: tree.placeOf(keyPath)?.keyOffset ?? 0, path: keyPath };
    });
  }
  // What is missing has no place: its map has.
  const place = tree.placeOf(path) ?? tree.placeOf(path.slice(0, -1));
  return [{ message: issue.message, offset: place?.valueOffset ?? 0, path }];
}

function unknownKey(path: readonly PathStep[], key: string): string {
  const here = schemaPath(path);
  const meant = nearestWord(key, KNOWN_KEYS.get(here) ?? []);
  if (meant !== null) return `unknown key; did you mean ${meant}?`;
  for (const [place, keys] of KNOWN_KEYS) {
    if (keys.includes(key))
      return `unknown key here; it belongs ${place === '' ? 'to the top of the file' : `under ${place}`}`;
  }
  return `unknown key; remove it, or use one of ${KNOWN_KEYS.get(here)?.join(', ')}`;
}

/** The first finding of each line: after a mistake in the syntax the library stumbles on. */
function onePerLine(problems: readonly YamlProblem[], source: string): YamlProblem[] {
  const kept: YamlProblem[] = [];
  for (const problem of problems.toSorted((a, b) => a.offset - b.offset)) {
    const last = kept.at(-1);
    if (last === undefined || source.slice(last.offset, problem.offset).includes('\n')) kept.push(problem);
  }
  return kept;
}

function locate(problems: readonly YamlProblem[], source: string): ConfigError[] {
  const sorted = problems.toSorted((a, b) => a.offset - b.offset);
  const errors = sorted.slice(0, MAX_ERRORS).map(({ message, offset, path }): ConfigError => {
    const before = source.slice(0, offset);
    const lineStart = before.lastIndexOf('\n') + 1;
    return { message, line: before.split('\n').length, column: offset - lineStart + 1, path: formatPath(path) };
  });
  const last = errors.at(-1);
  const more = sorted.length - errors.length;
  if (more > 0 && last !== undefined)
    errors.push({ ...last, message: `and ${more} more errors after this one`, path: '' });
  return errors;
}

/** Such as `servers[0].id`. Keys that are no plain words are quoted, because they can be anything. */
function formatPath(path: readonly PathStep[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += `${text === '' ? '' : '.'}${/^[A-Za-z][\w-]{0,22}$/.test(step) ? step : quote(step)}`;
  }
  return text;
}
