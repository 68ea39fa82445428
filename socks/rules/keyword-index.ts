import type { FoundOwner } from './entry-table.ts';

/** What host names are made of; a keyword holds nothing else. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789.-_';

/** Most characters of all keywords together: a state each, and states are counted in 16 bits. */
export const MAX_ALL_KEYWORD_CHARACTERS = 60_000;

const NO_SYMBOL = 0xff;
const SYMBOLS = new Uint8Array(128).fill(NO_SYMBOL);
for (const [index, character] of [...ALPHABET].entries()) SYMBOLS[character.charCodeAt(0)] = index;

/** A keyword and who has it. */
export interface OwnedKeyword {
  /** In lower case, of the characters of host names. */
  readonly text: string;
  readonly owner: number;
}

/** Finds all keywords in a name at once, a step a character however many there are (Aho and Corasick, 1975). */
export class KeywordIndex {
  /** The next state by state and symbol. State 0 is the start. */
  readonly #next: Uint16Array;
  /** Whose keywords end in a state. */
  readonly #owners: (readonly number[])[] = [[]];
  /** The state of the longest end of a state's text that is a keyword's end as well; 0 for none. */
  readonly #shorter: Uint16Array;

  /** `keywords` have at most {@link MAX_ALL_KEYWORD_CHARACTERS} together. */
  constructor(keywords: readonly OwnedKeyword[]) {
    const characters = keywords.reduce((sum, { text }) => sum + text.length, 0);
    if (characters > MAX_ALL_KEYWORD_CHARACTERS) throw new RangeError(`${characters} characters of keywords`);
    this.#next = new Uint16Array((characters + 1) * ALPHABET.length);
    for (const { text, owner } of keywords) this.#add(text, owner);
    this.#shorter = new Uint16Array(this.#owners.length);
    this.#link();
  }

  /** Finds the keywords in a name in lower case. */
  find(name: string, found: FoundOwner): void {
    if (this.#owners.length === 1) return;
    let state = 0;
    for (let i = 0; i < name.length; i++) {
      const symbol = SYMBOLS[name.charCodeAt(i)] ?? NO_SYMBOL;
      state = symbol === NO_SYMBOL ? 0 : this.#next[state * ALPHABET.length + symbol]!;
      for (let end = state; end !== 0; end = this.#shorter[end]!) {
        for (const owner of this.#owners[end]!) found(owner);
      }
    }
  }

  #add(text: string, owner: number): void {
    let state = 0;
    for (let i = 0; i < text.length; i++) {
      const cell = state * ALPHABET.length + SYMBOLS[text.charCodeAt(i)]!;
      if (this.#next[cell] === 0) this.#next[cell] = this.#owners.push([]) - 1;
      state = this.#next[cell]!;
    }
    const owners = this.#owners[state]!;
    if (!owners.includes(owner)) this.#owners[state] = [...owners, owner];
  }

  /** Fills in where to go from a state by what continues no keyword. Breadth first, so that shorter ones are done. */
  #link(): void {
    const width = ALPHABET.length;
    const falls = new Uint16Array(this.#owners.length);
    const queue: number[] = [];
    for (let symbol = 0; symbol < width; symbol++) if (this.#next[symbol] !== 0) queue.push(this.#next[symbol]!);
    for (const state of queue) {
      const fall = falls[state]!;
      this.#shorter[state] = this.#owners[fall]!.length > 0 ? fall : this.#shorter[fall]!;
      for (let symbol = 0; symbol < width; symbol++) {
        const child = this.#next[state * width + symbol]!;
        const fallen = this.#next[fall * width + symbol]!;
        if (child === 0) this.#next[state * width + symbol] = fallen;
        else {
          falls[child] = fallen;
          queue.push(child);
        }
      }
    }
  }
}
