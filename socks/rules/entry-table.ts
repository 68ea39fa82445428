import { MAX_DOMAIN_BYTES } from '../../config/domain-name.ts';
import type { IpNetwork } from '../../config/ip-network.ts';

/** What an entry is: a domain with all below it, one host, or a network of addresses as asked for or as resolved. */
export type EntryKind = 'suffix' | 'host' | 'network' | 'resolved-network';

/** Entries indexed between two moments at which the caller may do something else. */
const ENTRIES_PER_SLICE = 4_096;

/** Owner, tag and length before each key. */
const HEADER_BYTES = 4;

const DOT = 0x2e;

/** Networks have two more tags, for IPv4 (even) and IPv6 (odd). */
const TAGS = { suffix: 0, host: 1, network: 2, 'resolved-network': 4 } as const satisfies Record<EntryKind, number>;

/** Told of the owner of each entry that fits; more than once where several do. */
export type FoundOwner = (owner: number) => void;

/**
 * Collects names and networks in one buffer, a few bytes beside the key each, whatever the garbage collector thinks.
 *
 * ```
 * owner u16 | tag u8 | key length u8 | key: a name, or a prefix length u8 and an address of 4 or 16 bytes
 * ```
 */
export class EntryTableBuilder {
  #bytes: Uint8Array;
  #used = 0;
  #count = 0;
  /** By tag, the prefix lengths that networks have. */
  readonly #prefixes: readonly Set<number>[] = Array.from({ length: 6 }, () => new Set());

  /** @param expectedBytes how much is likely to come; more is no harm but a copy */
  constructor(expectedBytes = 0) {
    this.#bytes = new Uint8Array(Math.max(1_024, expectedBytes));
  }

  /** Entries taken, repeated ones included. */
  get count(): number {
    return this.#count;
  }

  /** Copies a name of 1 to 255 bytes in lower case from `start` to `end` of `source`. `owner` is 0 to 65,535. */
  addName(source: Uint8Array, start: number, end: number, kind: 'suffix' | 'host', owner: number): void {
    const length = end - start;
    if (length < 1 || length > MAX_DOMAIN_BYTES) throw new RangeError(`a name of ${length} bytes`);
    this.#head(owner, TAGS[kind], length);
    for (let i = start; i < end; i++) this.#bytes[this.#used++] = source[i]!;
  }

  /** Copies a network. */
  addNetwork({ bytes, prefixBits }: IpNetwork, kind: 'network' | 'resolved-network', owner: number): void {
    const tag = TAGS[kind] + (bytes.length === 4 ? 0 : 1);
    this.#prefixes[tag]!.add(prefixBits);
    this.#head(owner, tag, bytes.length + 1);
    this.#bytes[this.#used++] = prefixBits;
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  /** Makes the table, a slice of about a millisecond at a time. The builder is of no use afterwards. */
  *build(seed: number): Generator<void, EntryTable> {
    const bytes = this.#bytes;
    const end = this.#used;
    this.#bytes = new Uint8Array(0);
    // At most half full: most look-ups are for what is not there, and end at the first free slot.
    const slots = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(2, this.#count * 2))));
    const table = new EntryTable(
      bytes,
      slots,
      seed,
      this.#prefixes.map((set) => [...set]),
    );
    let untilPause = ENTRIES_PER_SLICE;
    for (let offset = 0; offset < end; offset += HEADER_BYTES + bytes[offset + 3]!) {
      if (untilPause-- === 0) {
        untilPause = ENTRIES_PER_SLICE;
        yield;
      }
      table.index(offset);
    }
    return table;
  }

  #head(owner: number, tag: number, length: number): void {
    if (this.#used + HEADER_BYTES + length > this.#bytes.length) this.#grow();
    this.#bytes[this.#used++] = owner >>> 8;
    this.#bytes[this.#used++] = owner & 0xff;
    this.#bytes[this.#used++] = tag;
    this.#bytes[this.#used++] = length;
    this.#count++;
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

/** Entries to look up, each look-up one hash per label or prefix length. Hashes only say where to look: the bytes decide. */
export class EntryTable {
  readonly #bytes: Uint8Array;
  /** Offsets plus one; 0 is free. Equal keys of several owners follow each other up to the next free slot. */
  readonly #slots: Uint32Array;
  readonly #mask: number;
  readonly #seed: number;
  readonly #prefixes: readonly (readonly number[])[];
  readonly #query = new Uint8Array(MAX_DOMAIN_BYTES);

  /** For {@link EntryTableBuilder}. `slots` is all zeros, its length a power of two above the number of entries. */
  constructor(bytes: Uint8Array, slots: Uint32Array, seed: number, prefixes: readonly (readonly number[])[]) {
    this.#bytes = bytes;
    this.#slots = slots;
    this.#mask = slots.length - 1;
    this.#seed = seed;
    this.#prefixes = prefixes;
  }

  /** Makes the entry at an offset known. */
  index(offset: number): void {
    const bytes = this.#bytes;
    const tag = bytes[offset + 2]!;
    const start = offset + HEADER_BYTES;
    const length = bytes[offset + 3]!;
    let hash = this.#seed;
    for (let i = start + length - 1; i >= start; i--) hash = step(hash, bytes[i]!);
    let slot = finish(hash, tag) & this.#mask;
    for (; ; slot = (slot + 1) & this.#mask) {
      const other = this.#slots[slot]! - 1;
      if (other < 0) break;
      const isSameOwner = bytes[other] === bytes[offset] && bytes[other + 1] === bytes[offset + 1];
      if (isSameOwner && this.#isEqual(other, tag, bytes, start, length)) return;
    }
    this.#slots[slot] = offset + 1;
  }

  /** Finds what a host name in lower case falls under: itself, and every domain above it. */
  findName(name: string, found: FoundOwner): void {
    const { length } = name;
    const query = this.#query;
    if (length > MAX_DOMAIN_BYTES) return;
    for (let i = 0; i < length; i++) {
      const code = name.charCodeAt(i);
      if (code > 0x7f) return;
      query[i] = code;
    }
    // From the end, so that the hash of every domain above comes by on the way.
    let hash = this.#seed;
    for (let i = length - 1; i >= 0; i--) {
      hash = step(hash, query[i]!);
      if (i === 0 || query[i - 1] === DOT) this.#find(hash, TAGS.suffix, i, length - i, found);
    }
    this.#find(hash, TAGS.host, 0, length, found);
  }

  /** Finds the networks that an address of 4 or 16 bytes is in. */
  findAddress(address: Uint8Array, kind: 'network' | 'resolved-network', found: FoundOwner): void {
    const tag = TAGS[kind] + (address.length === 4 ? 0 : 1);
    const query = this.#query;
    const length = address.length + 1;
    for (const prefixBits of this.#prefixes[tag]!) {
      query[0] = prefixBits;
      query.fill(0, 1, length);
      const whole = prefixBits >>> 3;
      for (let i = 0; i < whole; i++) query[i + 1] = address[i]!;
      if (whole < address.length) query[whole + 1] = address[whole]! & (0xff00 >>> (prefixBits & 7));
      let hash = this.#seed;
      for (let i = length - 1; i >= 0; i--) hash = step(hash, query[i]!);
      this.#find(hash, tag, 0, length, found);
    }
  }

  #find(hash: number, tag: number, start: number, length: number, found: FoundOwner): void {
    let slot = finish(hash, tag) & this.#mask;
    for (; ; slot = (slot + 1) & this.#mask) {
      const offset = this.#slots[slot]! - 1;
      if (offset < 0) return;
      if (!this.#isEqual(offset, tag, this.#query, start, length)) continue;
      found((this.#bytes[offset]! << 8) | this.#bytes[offset + 1]!);
    }
  }

  #isEqual(offset: number, tag: number, source: Uint8Array, start: number, length: number): boolean {
    const bytes = this.#bytes;
    if (bytes[offset + 2] !== tag || bytes[offset + 3] !== length) return false;
    for (let i = 0; i < length; i++) if (bytes[offset + HEADER_BYTES + i] !== source[start + i]) return false;
    return true;
  }
}

function step(hash: number, byte: number): number {
  const mixed = Math.imul(hash ^ byte, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function finish(hash: number, tag: number): number {
  const mixed = Math.imul(hash ^ (tag + 1), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
