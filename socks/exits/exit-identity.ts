import { decodeBase64url, formatKeyText, KEY_BYTES } from '../../config/key-text.ts';

/** An exit as it stays the same over restarts, new addresses and new numbers: its public key as base64url. */
export type ExitIdentity = string & { readonly __brand: 'ExitIdentity' };

/** The identity of the exit with this Ed25519 public key, 32 bytes. */
export function exitIdentity(publicKey: Uint8Array): ExitIdentity {
  return formatKeyText(publicKey) as ExitIdentity;
}

/** Reads what {@link exitIdentity} made; null for anything else. */
export function parseExitIdentity(value: unknown): ExitIdentity | null {
  if (typeof value !== 'string' || value.length > 64) return null;
  return decodeBase64url(value)?.length === KEY_BYTES ? (value as ExitIdentity) : null;
}
