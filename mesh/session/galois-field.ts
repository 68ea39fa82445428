/** x^8 + x^4 + x^3 + x^2 + 1, of which 2 generates all elements but zero. */
const POLYNOMIAL = 0x11d;

const logarithms = new Uint8Array(256);
const powers = new Uint8Array(510);
for (let exponent = 0, value = 1; exponent < 255; exponent++) {
  powers[exponent] = value;
  powers[exponent + 255] = value;
  logarithms[value] = exponent;
  value = value < 128 ? value << 1 : (value << 1) ^ POLYNOMIAL;
}

const NO_WORDS = new Uint32Array(0);

/** One row of products for each first factor, once that was needed. */
const products: (Uint8Array | undefined)[] = [];

/** The quotient of two elements of GF(256); `b` is not 0. */
export function divide(a: number, b: number): number {
  return a === 0 ? 0 : powers[logarithms[a]! + 255 - logarithms[b]!]!;
}

/** The product of two elements of GF(256). */
export function multiply(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : powers[logarithms[a]! + logarithms[b]!]!;
}

/** Adds `factor` times each byte of `source` to the bytes of `target` from `offset` on. */
export function addScaled(target: Uint8Array, offset: number, source: Uint8Array, factor: number): void {
  const { length } = source;
  if (factor === 1) {
    // Four at a time as far as both lie on words: the plain XOR is what every group has.
    const isAligned = (source.byteOffset | (target.byteOffset + offset)) % 4 === 0;
    const words = isAligned ? length >> 2 : 0;
    const from = isAligned ? new Uint32Array(source.buffer, source.byteOffset, words) : NO_WORDS;
    const to = isAligned ? new Uint32Array(target.buffer, target.byteOffset + offset, words) : NO_WORDS;
    for (let i = 0; i < words; i++) to[i]! ^= from[i]!;
    for (let i = words * 4; i < length; i++) target[offset + i]! ^= source[i]!;
    return;
  }
  const row = (products[factor] ??= Uint8Array.from({ length: 256 }, (_, value) => multiply(factor, value)));
  for (let i = 0; i < length; i++) target[offset + i]! ^= row[source[i]!]!;
}

/** Multiplies each byte by `factor`. */
export function scale(bytes: Uint8Array, factor: number): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = multiply(bytes[i]!, factor);
}
