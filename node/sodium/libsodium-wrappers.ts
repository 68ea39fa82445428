import { KEY_BYTES, SIGNATURE_BYTES } from '../../mesh/wire/sodium.ts';
import type { KeyPair, Sodium } from '../../mesh/wire/sodium.ts';
import { equalBytes } from './equal-bytes.ts';
import type { LibsodiumModule } from './libsodium-module.ts';
import { requireAeadBytes, requireBytes, requireHashBytes } from './require-bytes.ts';
import { AAD, BULK, KEY, KEY_2, NONCE, OUT, OUT_2, TAG, WasmRegion } from './wasm-region.ts';

const NO_BYTES = new Uint8Array(0);

/** The {@link Sodium} of the library compiled to WebAssembly, which runs everywhere. */
export class LibsodiumWrappers implements Sodium {
  readonly name = 'libsodium-wrappers';
  readonly #wasm: LibsodiumModule;
  readonly #region: WasmRegion;

  constructor(wasm: LibsodiumModule) {
    this.#wasm = wasm;
    this.#region = new WasmRegion(wasm);
  }

  hash(out: Uint8Array, input: Uint8Array, key: Uint8Array | null): void {
    requireHashBytes(out, key);
    this.#region.putBulk(input);
    if (key !== null) this.#region.put(KEY, key);
    const at = this.#region.address;
    const keyBytes = key === null ? 0 : key.length;
    this.#wasm._crypto_generichash(at + OUT, out.length, at + BULK, input.length, 0, at + KEY, keyBytes);
    this.#region.take(OUT, out);
    this.#region.wipeKeys();
    this.#region.wipeBulk(input.length);
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
    this.#encrypt(plain, aad, nonce, key);
    this.#region.takeBulk(cipherOut);
    this.#region.take(TAG, tagOut);
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
    this.#region.putBulk(cipher);
    this.#region.put(AAD, aad);
    this.#region.put(NONCE, nonce);
    this.#region.put(TAG, tag);
    this.#region.put(KEY, key);
    const at = this.#region.address;
    const result = this.#wasm._crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
      at + BULK,
      0,
      at + BULK,
      cipher.length,
      0,
      at + TAG,
      at + AAD,
      aad.length,
      0,
      at + NONCE,
      at + KEY,
    );
    this.#region.wipeKeys();
    if (result === 0) this.#region.takeBulk(plainOut);
    else plainOut.fill(0);
    return result === 0;
  }

  /* The standard build has no XChaCha20 by itself; the ciphertext of the AEAD is its stream from block 1 on. */
  xorStream(out: Uint8Array, input: Uint8Array, nonce: Uint8Array, key: Uint8Array): void {
    requireBytes(out, input.length, 'output');
    requireBytes(nonce, 24, 'nonce');
    requireBytes(key, KEY_BYTES, 'key');
    this.#encrypt(input, NO_BYTES, nonce, key);
    this.#region.takeBulk(out);
  }

  signKeyPair(seed: Uint8Array): KeyPair {
    requireBytes(seed, KEY_BYTES, 'seed');
    this.#region.put(KEY, seed);
    this.#wasm._crypto_sign_seed_keypair(
      this.#region.address + OUT,
      this.#region.address + KEY_2,
      this.#region.address + KEY,
    );
    const pair = { publicKey: this.#region.taken(OUT, KEY_BYTES), secretKey: this.#region.taken(KEY_2, 64) };
    this.#region.wipeKeys();
    return pair;
  }

  sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
    requireBytes(secretKey, 64, 'secret key');
    this.#region.putBulk(message);
    this.#region.put(KEY, secretKey);
    const at = this.#region.address;
    this.#wasm._crypto_sign_detached(at + OUT, 0, at + BULK, message.length, 0, at + KEY);
    this.#region.wipeKeys();
    return this.#region.taken(OUT, SIGNATURE_BYTES);
  }

  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
    if (signature.length !== SIGNATURE_BYTES || publicKey.length !== KEY_BYTES) return false;
    this.#region.putBulk(message);
    this.#region.put(OUT, signature);
    this.#region.put(OUT_2, publicKey);
    const at = this.#region.address;
    return this.#wasm._crypto_sign_verify_detached(at + OUT, at + BULK, message.length, 0, at + OUT_2) === 0;
  }

  x25519FromSignPublic(publicKey: Uint8Array): Uint8Array | null {
    requireBytes(publicKey, KEY_BYTES, 'public key');
    this.#region.put(OUT_2, publicKey);
    const result = this.#wasm._crypto_sign_ed25519_pk_to_curve25519(
      this.#region.address + OUT,
      this.#region.address + OUT_2,
    );
    return result === 0 ? this.#region.taken(OUT, KEY_BYTES) : null;
  }

  x25519FromSignSecret(secretKey: Uint8Array): Uint8Array {
    requireBytes(secretKey, 64, 'secret key');
    this.#region.put(KEY, secretKey);
    this.#wasm._crypto_sign_ed25519_sk_to_curve25519(this.#region.address + KEY_2, this.#region.address + KEY);
    const out = this.#region.taken(KEY_2, KEY_BYTES);
    this.#region.wipeKeys();
    return out;
  }

  x25519KeyPair(secret: Uint8Array): KeyPair {
    requireBytes(secret, KEY_BYTES, 'secret key');
    this.#region.put(KEY, secret);
    this.#wasm._crypto_scalarmult_base(this.#region.address + OUT, this.#region.address + KEY);
    this.#region.wipeKeys();
    return { publicKey: this.#region.taken(OUT, KEY_BYTES), secretKey: secret.slice() };
  }

  scalarMult(secret: Uint8Array, publicKey: Uint8Array): Uint8Array | null {
    requireBytes(secret, KEY_BYTES, 'secret key');
    requireBytes(publicKey, KEY_BYTES, 'public key');
    this.#region.put(KEY, secret);
    this.#region.put(OUT_2, publicKey);
    const at = this.#region.address;
    const result = this.#wasm._crypto_scalarmult(at + KEY_2, at + KEY, at + OUT_2);
    const out = this.#region.taken(KEY_2, KEY_BYTES);
    this.#region.wipeKeys();
    return result === 0 ? out : null;
  }

  equal(a: Uint8Array, b: Uint8Array): boolean {
    return equalBytes(a, b);
  }

  wipe(bytes: Uint8Array): void {
    bytes.fill(0);
  }

  #encrypt(plain: Uint8Array, aad: Uint8Array, nonce: Uint8Array, key: Uint8Array): void {
    this.#region.putBulk(plain);
    this.#region.put(AAD, aad);
    this.#region.put(NONCE, nonce);
    this.#region.put(KEY, key);
    const at = this.#region.address;
    this.#wasm._crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
      at + BULK,
      at + TAG,
      0,
      at + BULK,
      plain.length,
      0,
      at + AAD,
      aad.length,
      0,
      0,
      at + NONCE,
      at + KEY,
    );
    this.#region.wipeKeys();
  }
}
