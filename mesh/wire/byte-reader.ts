/**
 * Reads integers, byte strings and varints (RFC 9000 section 16) in network order.
 *
 * Bytes from outside are often cut short, so reading past the end is not an exception: it returns zeros or an
 * empty view and sets {@link ByteReader.failed}. Callers read a whole structure and look at `failed` once.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  offset: number;
  readonly end: number;
  failed = false;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  u8(): number {
    const start = this.#advance(1);
    return start < 0 ? 0 : this.bytes[start]!;
  }

  u16(): number {
    const start = this.#advance(2);
    return start < 0 ? 0 : (this.bytes[start]! << 8) | this.bytes[start + 1]!;
  }

  u32(): number {
    const start = this.#advance(4);
    if (start < 0) return 0;
    const b = this.bytes;
    return ((b[start]! << 24) | (b[start + 1]! << 16) | (b[start + 2]! << 8) | b[start + 3]!) >>> 0;
  }

  /** An unsigned integer below 2^53; a larger one fails. */
  varint(): number {
    if (this.offset >= this.end) return this.fail();
    switch (this.bytes[this.offset]! >> 6) {
      case 0:
        return this.u8();
      case 1:
        return this.u16() & 0x3fff;
      case 2:
        return this.u32() & 0x3fff_ffff;
      default: {
        const high = this.u32() & 0x3fff_ffff;
        const low = this.u32();
        return this.failed || high > 0x1f_ffff ? this.fail() : high * 0x1_0000_0000 + low;
      }
    }
  }

  /** The next `count` bytes as a view into the input. */
  raw(count: number): Uint8Array {
    const start = this.#advance(count);
    return start < 0 ? this.bytes.subarray(0, 0) : this.bytes.subarray(start, start + count);
  }

  /** A varint length and then that many bytes, as a view. Fails where the length is above `limit`. */
  sized(limit: number): Uint8Array {
    const count = this.varint();
    if (count > limit) this.fail();
    return this.raw(this.failed ? 0 : count);
  }

  /** Marks the input as broken: everything read from now on is zero or empty. */
  fail(): 0 {
    this.failed = true;
    this.offset = this.end;
    return 0;
  }

  #advance(count: number): number {
    const start = this.offset;
    if (count > this.end - start) {
      this.fail();
      return -1;
    }
    this.offset = start + count;
    return start;
  }
}
