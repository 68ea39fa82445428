/** Writes integers, byte strings and varints (RFC 9000 section 16) in network order into a buffer of fixed size. */
export class ByteWriter {
  readonly bytes: Uint8Array;
  offset: number;
  readonly end: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get remaining(): number {
    return this.end - this.offset;
  }

  u8(value: number): this {
    this.#view.setUint8(this.#advance(1), value);
    return this;
  }

  u16(value: number): this {
    this.#view.setUint16(this.#advance(2), value);
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#advance(4), value);
    return this;
  }

  /** An unsigned integer below 2^53 in 1, 2, 4 or 8 bytes. */
  varint(value: number): this {
    const start = this.#advance(varintBytes(value));
    switch (this.offset - start) {
      case 1:
        this.#view.setUint8(start, value);
        break;
      case 2:
        this.#view.setUint16(start, value | 0x4000);
        break;
      case 4:
        this.#view.setUint32(start, (value | 0x8000_0000) >>> 0);
        break;
      default:
        this.#view.setUint32(start, (Math.floor(value / 0x1_0000_0000) | 0xc000_0000) >>> 0);
        this.#view.setUint32(start + 4, value >>> 0);
    }
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.bytes.set(bytes, this.#advance(bytes.length));
    return this;
  }

  /** A varint length and then the bytes. */
  sized(bytes: Uint8Array): this {
    return this.varint(bytes.length).raw(bytes);
  }

  /** What was written so far, as a view. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.offset);
  }

  #advance(count: number): number {
    const start = this.offset;
    if (start + count > this.end) throw new RangeError(`${count} bytes do not fit at offset ${start} of ${this.end}`);
    this.offset = start + count;
    return start;
  }
}

/** How many bytes the varint of `value` takes: 1, 2, 4 or 8. */
export function varintBytes(value: number): 1 | 2 | 4 | 8 {
  if (value < 0x40) return 1;
  if (value < 0x4000) return 2;
  return value < 0x4000_0000 ? 4 : 8;
}
