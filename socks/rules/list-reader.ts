import { MAX_DOMAIN_BYTES } from '../../config/domain-name.ts';
import { isFailure } from '../../config/parse-failure.ts';
import { parseListLine, type AttributeFilter } from './list-entry.ts';
import type { RuleProblem } from './rule-problem.ts';
import { MAX_ENTRIES, type ListSink } from './rule-set-builder.ts';

/** Longest line in bytes. */
export const MAX_LINE_BYTES = 4_096;

/** Problems of one file that are told; more are only counted. */
const MAX_PROBLEMS = 10;

/** Most lists that one includes. */
const MAX_INCLUDES = 512;

/** A list that another one includes. */
export interface IncludedList {
  readonly name: string;
  readonly only: AttributeFilter;
  /** Where it says so. */
  readonly line: number;
}

/** What begins the lines that are read without being made text first, and what the name after it is. */
const QUICK = (['domain:', 'full:', '0.0.0.0 ', '127.0.0.1 '] as const).map((prefix) => ({
  bytes: Buffer.from(prefix),
  kind: prefix === 'domain:' ? ('suffix' as const) : ('host' as const),
  isHosts: prefix.endsWith(' '),
}));

const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;
const SPACE = 0x20;
const TAB = 0x09;
const AT = 0x40;

/** The lower case of what host names are made of, dots left out; 0 for all else. */
const LABEL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte).toLowerCase();
  return byte < 0x80 && /[a-z0-9_-]/.test(character) ? character.charCodeAt(0) : 0;
});

/**
 * Reads a list: bytes in, entries into a sink. Domains a line, hosts files, and the text form of geosite lists may be
 * mixed. Everything wrong is collected with its line, and nothing stops for it.
 */
export class ListReader {
  readonly #file: string;
  readonly #sink: ListSink;
  readonly #only: AttributeFilter;
  readonly #problems: RuleProblem[] = [];
  readonly #includes: IncludedList[] = [];
  readonly #name = new Uint8Array(MAX_DOMAIN_BYTES);
  /** What came of a line whose end did not come yet. */
  readonly #rest = new Uint8Array(MAX_LINE_BYTES);
  #restBytes = 0;
  #isTooLong = false;
  #moreProblems = 0;
  #line = 1;
  #wasFull = false;

  /** @param file its name in messages */
  constructor(file: string, sink: ListSink, only: AttributeFilter = { all: [], none: [] }) {
    this.#file = file;
    this.#sink = sink;
    this.#only = only;
  }

  /** What is wrong so far, and last, where there is more, how much more. */
  get problems(): readonly RuleProblem[] {
    if (this.#moreProblems === 0) return this.#problems;
    const message = `and ${this.#moreProblems} more like that in this file`;
    return [...this.#problems, { ...this.#problems.at(-1)!, message }];
  }

  /** The lists to be read as well, into the same sink. */
  get includes(): readonly IncludedList[] {
    return this.#includes;
  }

  /** Takes the next piece, which is not kept. */
  push(bytes: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(LF, start);
      if (end < 0) break;
      if (this.#restBytes === 0 && !this.#isTooLong) this.#readLine(bytes, start, end);
      else {
        this.#keep(bytes, start, end);
        this.#readRest();
      }
      this.#line++;
      start = end + 1;
    }
    this.#keep(bytes, start, bytes.length);
  }

  /** To be called after the last piece. */
  end(): void {
    if (this.#restBytes > 0 || this.#isTooLong) this.#readRest();
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isTooLong || this.#restBytes + end - start > MAX_LINE_BYTES) {
      this.#isTooLong = true;
      return;
    }
    this.#rest.set(bytes.subarray(start, end), this.#restBytes);
    this.#restBytes += end - start;
  }

  #readRest(): void {
    const length = this.#restBytes;
    const isTooLong = this.#isTooLong;
    this.#restBytes = 0;
    this.#isTooLong = false;
    if (isTooLong) this.#tooLong();
    else this.#readLine(this.#rest, 0, length);
  }

  #tooLong(): void {
    this.#problem(`the line is longer than ${MAX_LINE_BYTES} bytes; write one entry a line`);
  }

  #readLine(bytes: Uint8Array, from: number, to: number): void {
    let start = from;
    let end = to;
    // A byte order mark.
    if (this.#line === 1 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) start += 3;
    while (start < end && isBlank(bytes[start]!)) start++;
    while (start < end && isBlank(bytes[end - 1]!)) end--;
    if (start === end) return;
    if (end - start > MAX_LINE_BYTES) return this.#tooLong();
    if (this.#sink.isFull) return this.#full();
    if (this.#only.all.length === 0 && this.#readQuickly(bytes, start, end)) return;
    this.#readText(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8'));
  }

  /** Nearly all lines: a name, and perhaps what such a line begins or ends with. False where it takes a closer look. */
  #readQuickly(bytes: Uint8Array, from: number, to: number): boolean {
    let start = from;
    let kind: 'suffix' | 'host' = 'suffix';
    let isHosts = false;
    for (const quick of QUICK) {
      if (!startsWith(bytes, start, quick.bytes)) continue;
      start += quick.bytes.length;
      ({ kind, isHosts } = quick);
      break;
    }
    const end = nameEnd(bytes, start, to);
    if (end < to && (isHosts || this.#only.none.length > 0 || !areAttributes(bytes, end, to))) return false;
    const length = end - start;
    if (length < 1 || length > MAX_DOMAIN_BYTES) return false;
    let labelStart = 0;
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i]!;
      if (byte === DOT) {
        if (i === labelStart) return false;
        labelStart = i + 1;
        this.#name[i] = DOT;
        continue;
      }
      const lower = LABEL_BYTES[byte]!;
      if (lower === 0) return false;
      this.#name[i] = lower;
    }
    const last = this.#name[labelStart]!;
    // A trailing dot, what may be a number, and this machine's own names in hosts files.
    if (labelStart === length || (last >= 0x30 && last <= 0x39) || (isHosts && labelStart === 0)) return false;
    this.#sink.addName(this.#name, 0, length, kind);
    return true;
  }

  #readText(text: string): void {
    const entry = parseListLine(text);
    if (entry === null) return;
    if (isFailure(entry)) return this.#problem(entry.error);
    const place = { type: 'list', file: this.#file, line: this.#line } as const;
    switch (entry.type) {
      case 'names':
        if (!this.#isMeant(entry.attributes)) return;
        for (const name of entry.names) {
          for (let i = 0; i < name.length; i++) this.#name[i] = name.charCodeAt(i);
          this.#sink.addName(this.#name, 0, name.length, entry.kind);
        }
        return;
      case 'network':
        if (this.#isMeant([])) this.#sink.addNetwork(entry.network);
        return;
      case 'keyword':
        if (this.#isMeant(entry.attributes)) this.#sink.addKeyword(entry.text, place);
        return;
      case 'pattern':
        if (this.#isMeant(entry.attributes)) this.#sink.addPattern(entry.text, place);
        return;
      case 'include':
        if (this.#includes.length < MAX_INCLUDES) {
          this.#includes.push({ name: entry.name, only: entry.only, line: this.#line });
        } else this.#problem(`more than ${MAX_INCLUDES} lists are included here; join some of them`);
    }
  }

  #isMeant(attributes: readonly string[]): boolean {
    const { all, none } = this.#only;
    return all.every((word) => attributes.includes(word)) && !none.some((word) => attributes.includes(word));
  }

  #full(): void {
    if (this.#wasFull) return;
    this.#wasFull = true;
    this.#problem(`all lists together have more than ${MAX_ENTRIES} entries; shorten them`);
  }

  #problem(message: string): void {
    const place = { type: 'list', file: this.#file, line: this.#line } as const;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ place, message });
    else this.#moreProblems++;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CR;
}

function nameEnd(bytes: Uint8Array, start: number, to: number): number {
  let end = start;
  while (end < to && !isBlank(bytes[end]!)) end++;
  return end;
}

/** Whether there is nothing but words such as `@ads`. */
function areAttributes(bytes: Uint8Array, start: number, to: number): boolean {
  let at = start;
  while (at < to) {
    while (isBlank(bytes[at]!)) at++;
    const end = nameEnd(bytes, at, to);
    if (bytes[at] !== AT || end === at + 1) return false;
    while (++at < end) if (LABEL_BYTES[bytes[at]!] === 0) return false;
  }
  return true;
}

function startsWith(bytes: Uint8Array, start: number, prefix: Uint8Array): boolean {
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false;
  return true;
}
