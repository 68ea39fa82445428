import { isAlias, isMap, isScalar, isSeq, parseDocument, type ParsedNode, type YAMLMap } from 'yaml';
import { quote } from './quote.ts';
import { findUnfitText } from './yaml-limits.ts';
import type { PathStep, YamlProblem } from './yaml-problem.ts';
import { syntaxSentence } from './yaml-sentences.ts';

/** Nobody reads more of them; hostile text can have one at every character. */
const MAX_SYNTAX_ERRORS = 200;

/** Where a value stands in the text: offsets in UTF-16 units. */
export interface YamlPlace {
  /** Of its key, or of the value itself where it has none. */
  readonly keyOffset: number;
  /** Of the value; of its key where the value is left out. */
  readonly valueOffset: number;
}

/** Plain values (maps, lists, text, numbers, booleans, null) and where each stands. */
export interface YamlTree {
  readonly value: unknown;
  /** Null for a path that is not there. */
  readonly placeOf: (path: readonly PathStep[]) => YamlPlace | null;
  /** Duplicate keys, aliases and tags. What they are about has the value null. */
  readonly problems: readonly YamlProblem[];
}

/**
 * Reads one YAML 1.2 document with the core schema and nothing that surprises: no aliases, no merging, no tags, no
 * keys that are not text. `text` has no byte order mark. Returns the problems alone where there is no tree.
 */
export function readYaml(text: string): YamlTree | readonly YamlProblem[] {
  const unfit = findUnfitText(text);
  if (unfit !== null) return [unfit];
  // Duplicate keys are found below, because the library compares every key with every other.
  const document = parseDocument(text, {
    schema: 'core',
    customTags: null,
    resolveKnownTags: false,
    merge: false,
    prettyErrors: false,
    uniqueKeys: false,
  });
  if (document.errors.length > 0) {
    return document.errors.slice(0, MAX_SYNTAX_ERRORS).map(({ code, pos: [offset] }) => ({
      message: syntaxSentence(code, lineAround(text, offset)),
      offset,
      path: [],
    }));
  }
  const directive = /^%/m.exec(text.slice(0, document.contents?.range[0] ?? 0));
  if (directive !== null) return [{ message: syntaxSentence('BAD_DIRECTIVE', ''), offset: directive.index, path: [] }];
  const walk = new Walk();
  const value = walk.read(document.contents, [], 0);
  return { value, problems: walk.problems, placeOf: (path) => walk.places.get(JSON.stringify(path)) ?? null };
}

function lineAround(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text.slice(offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1, end < 0 ? text.length : end);
}

/** Turns nodes into plain values and notes where they stand. Recursive, but never deep: {@link findUnfitText} saw to that. */
class Walk {
  readonly places = new Map<string, YamlPlace>();
  readonly problems: YamlProblem[] = [];

  /** `keyOffset` is null in a list. */
  read(node: ParsedNode | null, path: readonly PathStep[], keyOffset: number | null): unknown {
    const offset = node?.range[0] ?? keyOffset ?? 0;
    const leftOut = node === null || (isScalar(node) && node.source === '' && node.value === null);
    const valueOffset = leftOut ? (keyOffset ?? offset) : offset;
    this.places.set(JSON.stringify(path), { keyOffset: keyOffset ?? offset, valueOffset });
    if (node === null) return null;
    if (isAlias(node) || node.anchor !== undefined) return this.#refuse(syntaxSentence('BAD_ALIAS', ''), offset, path);
    if (node.tag !== undefined) return this.#refuse(syntaxSentence('TAG_RESOLVE_FAILED', ''), offset, path);
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return node.items.map((item, index) => this.read(item, [...path, index], null));
    return isMap(node) ? this.#readMap(node, path) : null;
  }

  #readMap(map: YAMLMap.Parsed, path: readonly PathStep[]): unknown {
    const entries = new Map<string, unknown>();
    for (const { key, value } of map.items) {
      const offset = key.range[0];
      const name = isScalar(key) ? keyName(key.value) : null;
      if (name === null || key.anchor !== undefined || key.tag !== undefined) {
        this.#refuse('a key must be a word without signs before it', offset, path);
      } else if (entries.has(name)) {
        this.#refuse(`${quote(name)} is there twice; keep one`, offset, [...path, name]);
      } else {
        entries.set(name, this.read(value, [...path, name], offset));
      }
    }
    // Object.fromEntries defines properties, so a key named __proto__ is a key like any other.
    return Object.fromEntries(entries);
  }

  #refuse(message: string, offset: number, path: readonly PathStep[]): null {
    this.problems.push({ message, offset, path });
    return null;
  }
}

/** Numbers and the like are taken as they read; that no such key is known is said later. */
function keyName(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}
