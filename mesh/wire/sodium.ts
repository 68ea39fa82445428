/** A public key and the secret key it belongs to. */
export interface KeyPair {
  readonly publicKey: Uint8Array;
  readonly secretKey: Uint8Array;
}

/** Which library does the work; both give the same bytes. */
export type SodiumName = 'sodium-native' | 'libsodium-wrappers';

/**
 * The handful of libsodium functions in use. Synchronous, and safe to share: nothing is kept between calls.
 *
 * `hash`, `aeadSeal`, `aeadOpen` and `xorStream` write into buffers of the caller and leave no garbage. A buffer of the
 * wrong length is a mistake of the caller's and throws; what came from outside never throws.
 */
export interface Sodium {
  readonly name: SodiumName;
  /** BLAKE2b (RFC 7693) of `out.length` bytes, 16 to 64; the key has 16 to 64 bytes, or is null for none. */
  hash(out: Uint8Array, input: Uint8Array, key: Uint8Array | null): void;
  /**
   * XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): `cipherOut` is as long as `plain` and may be the same memory,
   * `tagOut` has 16 bytes, `aad` at most 64, `nonce` 24 and `key` 32.
   */
  aeadSeal(
    cipherOut: Uint8Array,
    tagOut: Uint8Array,
    plain: Uint8Array,
    aad: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ): void;
  /** The reverse of {@link Sodium.aeadSeal}. False where the tag is wrong; `plainOut` holds zeros then. */
  aeadOpen(
    plainOut: Uint8Array,
    cipher: Uint8Array,
    tag: Uint8Array,
    aad: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ): boolean;
  /**
   * XORs with the XChaCha20 key stream from block counter 1 on, the stream {@link Sodium.aeadSeal} encrypts with.
   * `out` is as long as `input` and may be the same memory, `nonce` has 24 bytes and `key` 32.
   */
  xorStream(out: Uint8Array, input: Uint8Array, nonce: Uint8Array, key: Uint8Array): void;
  /** The Ed25519 key of a 32-byte seed; the secret key has 64 bytes. */
  signKeyPair(seed: Uint8Array): KeyPair;
  /** The Ed25519 signature (RFC 8032), 64 bytes. */
  sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array;
  /** False for a wrong signature, and for a signature or public key of any other length than 64 and 32 bytes. */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  /** The X25519 public key that belongs to an Ed25519 one, or null where that is no valid point. */
  x25519FromSignPublic(publicKey: Uint8Array): Uint8Array | null;
  /** The X25519 secret key that belongs to a 64-byte Ed25519 one. */
  x25519FromSignSecret(secretKey: Uint8Array): Uint8Array;
  /** The X25519 key pair of 32 secret bytes. `secretKey` is a copy of them. */
  x25519KeyPair(secret: Uint8Array): KeyPair;
  /** X25519 (RFC 7748) of 32 and 32 bytes, or null where the result is all zero. */
  scalarMult(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | null;
  /** Whether two byte strings are the same, in a time that tells nothing but their lengths. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
  /** Overwrites with zeros. */
  wipe(bytes: Uint8Array): void;
}

/** Bytes of an Ed25519 signature. */
export const SIGNATURE_BYTES = 64;

/** Bytes of an Ed25519 or X25519 public key, of an X25519 secret key, and of every symmetric key. */
export const KEY_BYTES = 32;

/** The most bytes of associated data an AEAD call takes. */
export const MAX_AAD_BYTES = 64;
