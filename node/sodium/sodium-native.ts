import { KEY_BYTES, SIGNATURE_BYTES } from '../../mesh/wire/sodium.ts';
import type { KeyPair, Sodium } from '../../mesh/wire/sodium.ts';
import { equalBytes } from './equal-bytes.ts';
import { requireAeadBytes, requireBytes, requireHashBytes } from './require-bytes.ts';

/**
 * The functions of the optional package `sodium-native` that are used, declared here because its published types are of
 * an older version and ask for Node's Buffer where any Uint8Array will do.
 */
export interface SodiumNativeModule {
  crypto_generichash(out: Uint8Array, input: Uint8Array, key?: Uint8Array): void;
  crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
    cipher: Uint8Array,
    tag: Uint8Array,
    plain: Uint8Array,
    aad: Uint8Array,
    secretNonce: null,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number;
  crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
    plain: Uint8Array,
    secretNonce: null,
    cipher: Uint8Array,
    tag: Uint8Array,
    aad: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ): void;
  crypto_stream_xchacha20_xor_ic(
    out: Uint8Array,
    input: Uint8Array,
    nonce: Uint8Array,
    blockCounter: number,
    key: Uint8Array,
  ): void;
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  crypto_sign_ed25519_pk_to_curve25519(out: Uint8Array, publicKey: Uint8Array): void;
  crypto_sign_ed25519_sk_to_curve25519(out: Uint8Array, secretKey: Uint8Array): void;
  crypto_scalarmult_base(publicKey: Uint8Array, secret: Uint8Array): void;
  crypto_scalarmult(out: Uint8Array, secret: Uint8Array, publicKey: Uint8Array): void;
  sodium_memzero(bytes: Uint8Array): void;
}

const USED = [
  'crypto_generichash',
  'crypto_aead_xchacha20poly1305_ietf_encrypt_detached',
  'crypto_aead_xchacha20poly1305_ietf_decrypt_detached',
  'crypto_stream_xchacha20_xor_ic',
  'crypto_sign_seed_keypair',
  'crypto_sign_detached',
  'crypto_sign_verify_detached',
  'crypto_sign_ed25519_pk_to_curve25519',
  'crypto_sign_ed25519_sk_to_curve25519',
  'crypto_scalarmult_base',
  'crypto_scalarmult',
  'sodium_memzero',
] as const satisfies readonly (keyof SodiumNativeModule)[];

/** Whether a loaded module has all the functions that are used, so that another version fails at start and not later. */
export function isSodiumNativeModule(module: unknown): module is SodiumNativeModule {
  if (typeof module !== 'object' || module === null) return false;
  return USED.every((name) => typeof Reflect.get(module, name) === 'function');
}

/** The {@link Sodium} of the native library. */
export class SodiumNative implements Sodium {
  readonly name = 'sodium-native';
  readonly #native: SodiumNativeModule;

  constructor(native: SodiumNativeModule) {
    this.#native = native;
  }

  hash(out: Uint8Array, input: Uint8Array, key: Uint8Array | null): void {
    requireHashBytes(out, key);
    if (key === null) this.#native.crypto_generichash(out, input);
    else this.#native.crypto_generichash(out, input, key);
  }

  aeadSeal(
    cipherOut: Uint8Array,
    tagOut: Uint8Array,
    plain: Uint8Array,
    aad: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ): void {
    requireAeadBytes(cipherOut, tagOut, plain, aad, nonce, key);
    this.#native.crypto_aead_xchacha20poly1305_ietf_encrypt_detached(cipherOut, tagOut, plain, aad, null, nonce, key);
  }

  aeadOpen(
    plainOut: Uint8Array,
    cipher: Uint8Array,
    tag: Uint8Array,
    aad: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ): boolean {
    requireAeadBytes(plainOut, tag, cipher, aad, nonce, key);
    try {
      this.#native.crypto_aead_xchacha20poly1305_ietf_decrypt_detached(plainOut, null, cipher, tag, aad, nonce, key);
      return true;
    } catch {
      return false;
    }
  }

  xorStream(out: Uint8Array, input: Uint8Array, nonce: Uint8Array, key: Uint8Array): void {
    requireBytes(out, input.length, 'output');
    requireBytes(nonce, 24, 'nonce');
    requireBytes(key, KEY_BYTES, 'key');
    this.#native.crypto_stream_xchacha20_xor_ic(out, input, nonce, 1, key);
  }

  signKeyPair(seed: Uint8Array): KeyPair {
    requireBytes(seed, KEY_BYTES, 'seed');
    const pair = { publicKey: new Uint8Array(KEY_BYTES), secretKey: new Uint8Array(64) };
    this.#native.crypto_sign_seed_keypair(pair.publicKey, pair.secretKey, seed);
    return pair;
  }

  sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
    requireBytes(secretKey, 64, 'secret key');
    const signature = new Uint8Array(SIGNATURE_BYTES);
    this.#native.crypto_sign_detached(signature, message, secretKey);
    return signature;
  }

  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
    if (signature.length !== SIGNATURE_BYTES || publicKey.length !== KEY_BYTES) return false;
    return this.#native.crypto_sign_verify_detached(signature, message, publicKey);
  }

  x25519FromSignPublic(publicKey: Uint8Array): Uint8Array | null {
    requireBytes(publicKey, KEY_BYTES, 'public key');
    const out = new Uint8Array(KEY_BYTES);
    return succeeds(() => this.#native.crypto_sign_ed25519_pk_to_curve25519(out, publicKey)) ? out : null;
  }

  x25519FromSignSecret(secretKey: Uint8Array): Uint8Array {
    requireBytes(secretKey, 64, 'secret key');
    const out = new Uint8Array(KEY_BYTES);
    this.#native.crypto_sign_ed25519_sk_to_curve25519(out, secretKey);
    return out;
  }

  x25519KeyPair(secret: Uint8Array): KeyPair {
    requireBytes(secret, KEY_BYTES, 'secret key');
    const publicKey = new Uint8Array(KEY_BYTES);
    this.#native.crypto_scalarmult_base(publicKey, secret);
    return { publicKey, secretKey: secret.slice() };
  }

  scalarMult(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | null {
    requireBytes(secret, KEY_BYTES, 'secret key');
    requireBytes(publicKey, KEY_BYTES, 'public key');
    const out = new Uint8Array(KEY_BYTES);
    return succeeds(() => this.#native.crypto_scalarmult(out, secret, publicKey)) ? out : null;
  }

  equal(a: Uint8Array, b: Uint8Array): boolean {
    return equalBytes(a, b);
  }

  wipe(bytes: Uint8Array): void {
    this.#native.sodium_memzero(bytes);
  }
}

/** The package reports what a peer can cause (a wrong tag, a weak key) by throwing; the lengths were checked before. */
function succeeds(call: () => void): boolean {
  try {
    call();
    return true;
  } catch {
    return false;
  }
}
