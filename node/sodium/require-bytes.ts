import { MAX_AAD_BYTES } from '../../mesh/wire/sodium.ts';

/** Throws a RangeError unless `bytes` is `count` bytes long: both libraries must refuse the same mistakes of a caller. */
export function requireBytes(bytes: Uint8Array, count: number, what: string): void {
  if (bytes.length !== count) throw new RangeError(`${what} must have ${count} bytes, not ${bytes.length}`);
}

/** Throws a RangeError unless a hash has 16 to 64 bytes and its key, if any, as well. */
export function requireHashBytes(out: Uint8Array, key: Uint8Array | null): void {
  if (out.length < 16 || out.length > 64) throw new RangeError(`a hash has 16 to 64 bytes, not ${out.length}`);
  if (key !== null && (key.length < 16 || key.length > 64)) {
    throw new RangeError(`a hash key has 16 to 64 bytes, not ${key.length}`);
  }
}

/** Throws a RangeError unless the buffers of an AEAD call have the lengths that belong together. */
export function requireAeadBytes(
  out: Uint8Array,
  tag: Uint8Array,
  input: Uint8Array,
  aad: Uint8Array,
  nonce: Uint8Array,
  key: Uint8Array,
): void {
  requireBytes(out, input.length, 'output');
  requireBytes(tag, 16, 'tag');
  if (aad.length > MAX_AAD_BYTES)
    throw new RangeError(`associated data has at most ${MAX_AAD_BYTES} bytes, not ${aad.length}`);
  requireBytes(nonce, 24, 'nonce');
  requireBytes(key, 32, 'key');
}
