import type { ParseFailure } from './parse-failure.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const SEXTETS = new Map(Array.from(ALPHABET, (character, sextet) => [character.charCodeAt(0), sextet]));

/** How long network keys, Ed25519 seeds and public keys are. */
export const KEY_BYTES = 32;

/** Bytes as base64url without padding (RFC 4648 §5). */
export function formatKeyText(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const count = Math.min(3, bytes.length - i);
    const bits = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    for (let k = 0; k <= count; k++) text += ALPHABET[(bits >> (18 - 6 * k)) & 63];
  }
  return text;
}

/**
 * The bytes of a base64url text, or null unless the text is exactly what {@link formatKeyText} makes of them:
 * no padding, no other alphabet, no white space, no stray bits in the last character (RFC 4648 §3.5).
 */
export function decodeBase64url(text: string): Uint8Array | null {
  if (text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let bitCount = 0;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const sextet = SEXTETS.get(text.charCodeAt(i));
    if (sextet === undefined) return null;
    bits = ((bits << 6) | sextet) & 0xffff;
    bitCount += 6;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[length++] = bits >> bitCount;
    }
  }
  return (bits & ((1 << bitCount) - 1)) === 0 ? bytes : null;
}

/**
 * Reads a byte string of one of the given lengths, in bytes; a 32-byte key unless told otherwise. The text may be a
 * secret: no error repeats any of it.
 */
export function parseKeyText(text: string, allowedBytes: readonly number[] = [KEY_BYTES]): Uint8Array | ParseFailure {
  const advice = 'copy it again in full';
  const expected = allowedBytes.map(base64urlCharacters);
  if (!expected.includes(text.length) || !/^[A-Za-z0-9_-]*$/.test(text)) {
    if (/[+/=]/.test(text) && /^[A-Za-z0-9+/]*=*$/.test(text)) {
      return { error: 'is in plain base64; base64url has - for +, _ for / and no = at the end' };
    }
    if (/^\s|\s$/.test(text)) return { error: 'has white space around it; remove it' };
    if (!/^[A-Za-z0-9_-]*$/.test(text)) {
      return { error: `holds characters other than A-Z, a-z, 0-9, - and _; ${advice}` };
    }
    return { error: `is ${text.length} characters long instead of ${expected.join(' or ')}; ${advice}` };
  }
  return decodeBase64url(text) ?? { error: `ends in a character that can't stand there, so it is mistyped; ${advice}` };
}

/** How many characters that many bytes take. */
export function base64urlCharacters(bytes: number): number {
  return Math.ceil((bytes * 4) / 3);
}
