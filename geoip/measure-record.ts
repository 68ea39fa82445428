/** Values in one record, those reached by pointers counted every time. */
const MAX_VALUES = 8_192;

/** Maps, lists and pointers inside each other. */
const MAX_LEVELS = 24;

/** Bytes that a record's text and numbers take in all. */
const MAX_RECORD_BYTES = 256 * 1024;

const POINTER = 1;
const MAP = 7;
const ARRAY = 11;
const BOOLEAN = 14;

/** Numbers whose length is fixed, and the only good one. */
const FIXED_BYTES: ReadonlyMap<number, number> = new Map([
  [3, 8],
  [15, 4],
]);

/** Whole numbers, and the longest. */
const MAX_INTEGER_BYTES: ReadonlyMap<number, number> = new Map([
  [5, 2],
  [6, 4],
  [8, 4],
  [9, 8],
  [10, 16],
]);

/** What pointers of two and three bytes begin at (MaxMind DB File Format 2.0, "pointer"). */
const POINTER_BASE: readonly number[] = [0, 2_048, 526_336, 0];

/**
 * True where the record at `offset` can be decoded at a bounded cost: everything lies within the bytes, no pointer goes
 * in circles, and it stays below 8,192 values, 24 levels and 256 KiB. The decoder that comes next checks none of this:
 * a few hundred bytes can make it build lists until memory ends. `base` is where pointers count from.
 */
export function isBoundedRecord(bytes: Uint8Array, base: number, offset: number): boolean {
  return new Measure(bytes, base).value(offset, 0) !== null;
}

class Measure {
  readonly #bytes: Uint8Array;
  readonly #base: number;
  #values = 0;
  #recordBytes = 0;

  constructor(bytes: Uint8Array, base: number) {
    this.#bytes = bytes;
    this.#base = base;
  }

  /** Returns where the value ends, or null where it is too much. */
  value(start: number, level: number): number | null {
    if (++this.#values > MAX_VALUES || level > MAX_LEVELS || start < 0) return null;
    const control = this.#bytes[start];
    if (control === undefined) return null;
    let offset = start + 1;
    let type = control >> 5;
    if (type === POINTER) return this.#pointer(control, offset, level);
    if (type === 0) {
      const extended = this.#bytes[offset++];
      if (extended === undefined || extended === 0) return null;
      type = extended + 7;
    }
    let length = control & 31;
    if (length >= 29) {
      const lengthBytes = length - 28;
      const more = this.#number(offset, lengthBytes);
      if (more === null) return null;
      length = [29, 285, 65_821][lengthBytes - 1]! + more;
      offset += lengthBytes;
    }
    if (type === BOOLEAN) return length <= 1 ? offset : null;
    if (type === MAP || type === ARRAY) return this.#several(type === MAP ? 2 * length : length, offset, level);
    return this.#plain(type, length, offset);
  }

  #plain(type: number, length: number, offset: number): number | null {
    const isText = type === 2 || type === 4;
    const maxInteger = MAX_INTEGER_BYTES.get(type);
    if (!isText && FIXED_BYTES.get(type) !== length && (maxInteger === undefined || length > maxInteger)) return null;
    this.#recordBytes += length;
    const end = offset + length;
    return this.#recordBytes > MAX_RECORD_BYTES || end > this.#bytes.length ? null : end;
  }

  #several(count: number, start: number, level: number): number | null {
    let offset: number | null = start;
    for (let i = 0; i < count && offset !== null; i++) offset = this.value(offset, level + 1);
    return offset;
  }

  #pointer(control: number, offset: number, level: number): number | null {
    const kind = (control >> 3) & 3;
    const rest = this.#number(offset, kind + 1);
    if (rest === null) return null;
    const high = kind === 3 ? 0 : (control & 7) * 2 ** (8 * (kind + 1));
    const target = this.#base + high + rest + POINTER_BASE[kind]!;
    return this.value(target, level + 1) === null ? null : offset + kind + 1;
  }

  #number(offset: number, byteCount: number): number | null {
    if (offset + byteCount > this.#bytes.length) return null;
    let number = 0;
    for (let i = 0; i < byteCount; i++) number = number * 256 + this.#bytes[offset + i]!;
    return number;
  }
}
