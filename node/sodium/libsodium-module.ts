/**
 * The compiled library inside the package `libsodium-wrappers` (its `libsodium` property), as far as it is used. All
 * arguments are addresses and lengths in its memory; a 64-bit length takes two arguments, low half first. The
 * documented functions around it allocate memory and copy each argument on every call, which costs more than the work
 * on a small message.
 */
export interface LibsodiumModule {
  /** Its memory. Replaced by a new view whenever the memory grew. */
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  _crypto_generichash(
    out: number,
    outBytes: number,
    input: number,
    inputBytes: number,
    inputBytesHigh: 0,
    key: number,
    keyBytes: number,
  ): number;
  _crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
    cipher: number,
    tag: number,
    tagBytesOut: 0,
    plain: number,
    plainBytes: number,
    plainBytesHigh: 0,
    aad: number,
    aadBytes: number,
    aadBytesHigh: 0,
    secretNonce: 0,
    nonce: number,
    key: number,
  ): number;
  _crypto_aead_xchacha20poly1305_ietf_decrypt_detached(
    plain: number,
    secretNonce: 0,
    cipher: number,
    cipherBytes: number,
    cipherBytesHigh: 0,
    tag: number,
    aad: number,
    aadBytes: number,
    aadBytesHigh: 0,
    nonce: number,
    key: number,
  ): number;
  _crypto_sign_seed_keypair(publicKey: number, secretKey: number, seed: number): number;
  _crypto_sign_detached(
    signature: number,
    signatureBytesOut: 0,
    message: number,
    messageBytes: number,
    messageBytesHigh: 0,
    secretKey: number,
  ): number;
  _crypto_sign_verify_detached(
    signature: number,
    message: number,
    messageBytes: number,
    messageBytesHigh: 0,
    publicKey: number,
  ): number;
  _crypto_sign_ed25519_pk_to_curve25519(out: number, publicKey: number): number;
  _crypto_sign_ed25519_sk_to_curve25519(out: number, secretKey: number): number;
  _crypto_scalarmult_base(publicKey: number, secret: number): number;
  _crypto_scalarmult(out: number, secret: number, publicKey: number): number;
}

const USED = [
  '_malloc',
  '_free',
  '_crypto_generichash',
  '_crypto_aead_xchacha20poly1305_ietf_encrypt_detached',
  '_crypto_aead_xchacha20poly1305_ietf_decrypt_detached',
  '_crypto_sign_seed_keypair',
  '_crypto_sign_detached',
  '_crypto_sign_verify_detached',
  '_crypto_sign_ed25519_pk_to_curve25519',
  '_crypto_sign_ed25519_sk_to_curve25519',
  '_crypto_scalarmult_base',
  '_crypto_scalarmult',
] as const satisfies readonly (keyof LibsodiumModule)[];

/** Whether a loaded module has everything that is used, so that another version fails at start and not later. */
export function isLibsodiumModule(module: unknown): module is LibsodiumModule {
  if (typeof module !== 'object' || module === null) return false;
  return (
    Reflect.get(module, 'HEAPU8') instanceof Uint8Array &&
    USED.every((name) => typeof Reflect.get(module, name) === 'function')
  );
}
