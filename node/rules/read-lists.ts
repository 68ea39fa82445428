import { stat, open } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import type { AttributeFilter } from '../../socks/rules/list-entry.ts';
import { ListReader } from '../../socks/rules/list-reader.ts';
import type { EntryPlace, RuleProblem } from '../../socks/rules/rule-problem.ts';
import type { ListSink, RuleSetBuilder } from '../../socks/rules/rule-set-builder.ts';
import { explainSystemError } from '../user-error.ts';
import { fileSignature } from './file-signature.ts';

/** Largest list, and all of them together, in bytes. */
export const MAX_LIST_BYTES = 64 << 20;
const MAX_ALL_BYTES = 128 << 20;

/** Most files that are read for all rules, and how deep they may include each other. */
const MAX_FILES = 512;
const MAX_DEPTH = 16;

/** What is read between two moments at which the process may do something else, in bytes. */
const CHUNK_BYTES = 1 << 16;

/** What reading lists came to. */
export interface ReadLists {
  readonly problems: readonly RuleProblem[];
  /** The files, with their signatures from before they were read; those that are not there as well. */
  readonly files: ReadonlyMap<string, string>;
}

/** A file that is being read, and those that include it. */
interface Reading {
  readonly file: string;
  readonly place: EntryPlace;
  readonly sink: ListSink;
  readonly only: AttributeFilter;
  readonly within: readonly string[];
}

/** How large the lists that rules name are, without what they include, in bytes; never more than are read. */
export async function sizeOfLists(lists: readonly string[], folder: string): Promise<number> {
  const sizes = await Promise.all(
    lists.map((name) =>
      stat(resolve(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return Math.min(
    MAX_ALL_BYTES,
    sizes.reduce((sum, size) => sum + size, 0),
  );
}

/** Reads the lists that rules name, and those that they include. Never rejects for what is wrong with a list. */
export class ListsReader {
  readonly #problems: RuleProblem[] = [];
  readonly #files = new Map<string, string>();
  #bytesLeft = MAX_ALL_BYTES;
  #filesLeft = MAX_FILES;

  /** @param folder what the names in rules are relative to */
  async read(builder: RuleSetBuilder, folder: string, placeOf: (list: string) => EntryPlace): Promise<ReadLists> {
    for (const name of builder.lists) {
      const file = resolve(folder, name);
      const only = { all: [], none: [] };
      await this.#read({ file, place: placeOf(name), sink: builder.list(name), only, within: [] });
    }
    return { problems: this.#problems, files: this.#files };
  }

  async #read(reading: Reading): Promise<void> {
    const { file, place, sink, only, within } = reading;
    const refuse = (message: string): void => void this.#problems.push({ place, message });
    if (within.includes(file))
      return refuse(`${file} includes itself, directly or through others; remove one of the lines`);
    if (within.length >= MAX_DEPTH)
      return refuse(`lists include each other more than ${MAX_DEPTH} deep; join some of them`);
    if (this.#filesLeft-- <= 0) return refuse(`more than ${MAX_FILES} lists are to be read; join some of them`);
    this.#files.set(file, fileSignature(file));
    const reader = new ListReader(file, sink, only);
    try {
      const tooLarge = await this.#readFile(file, reader);
      if (tooLarge !== null) return refuse(tooLarge);
    } catch (error) {
      return refuse(`${file} can't be read: ${explainSystemError(error)}`);
    }
    this.#problems.push(...reader.problems);
    for (const included of reader.includes) {
      const inner = { all: [...only.all, ...included.only.all], none: [...only.none, ...included.only.none] };
      const at = { type: 'list', file, line: included.line } as const;
      const next = includedFile(file, included.name);
      if (next !== null) await this.#read({ file: next, place: at, sink, only: inner, within: [...within, file] });
      else {
        // Watched, so that the rules are read again once it is there.
        this.#files.set(join(dirname(file), included.name), 'ENOENT');
        const message = `${included.name} is in no file beside this one; put it there, or remove the line`;
        this.#problems.push({ place: at, message });
      }
    }
  }

  /** What is wrong with its size, or null. */
  async #readFile(file: string, reader: ListReader): Promise<string | null> {
    // Pipes and devices have no end, and opening one may wait for ever.
    if (!(await stat(file)).isFile()) return `${file} is no file; name one with domains or networks, one a line`;
    const handle = await open(file, 'r');
    try {
      const chunk = new Uint8Array(CHUNK_BYTES);
      let bytesLeft = MAX_LIST_BYTES;
      for (;;) {
        const { bytesRead } = await handle.read(chunk, 0, chunk.length);
        if (bytesRead === 0) break;
        bytesLeft -= bytesRead;
        this.#bytesLeft -= bytesRead;
        if (bytesLeft < 0) return `${file} is larger than ${MAX_LIST_BYTES >> 20} MiB; shorten it`;
        if (this.#bytesLeft < 0) return `all lists together are larger than ${MAX_ALL_BYTES >> 20} MiB; shorten them`;
        reader.push(chunk.subarray(0, bytesRead));
      }
      reader.end();
      return null;
    } finally {
      await handle.close();
    }
  }
}

/** The file beside another one that a line of it includes: the name itself, or with the same ending. */
function includedFile(from: string, name: string): string | null {
  const plain = join(dirname(from), name);
  return [plain, plain + extname(from), `${plain}.txt`].find((path) => existsSync(path)) ?? null;
}
