import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import type { Sodium } from '../wire/sodium.ts';
import { KEY_BYTES, SIGNATURE_BYTES } from '../wire/sodium.ts';
import { signingInput } from './signing-input.ts';

/** What the admin decides in a key change. */
export interface KeyChangeFields {
  /** u32 from 1; the highest counts. */
  readonly serial: number;
  /** 32 bytes. */
  readonly networkKey: Uint8Array;
  /** When the key before it stops being accepted: seconds since 1970, u32. */
  readonly oldKeyEndsAtS: number;
}

/** The admin's replacement of the network key. It is a secret: it travels at level 2 only. */
export interface KeyChange extends KeyChangeFields {
  readonly signature: Uint8Array;
}

/** Bytes of an encoded key change. */
export const KEY_CHANGE_BYTES = 105;

const VERSION = 1;
const SIGNED_BYTES = KEY_CHANGE_BYTES - SIGNATURE_BYTES;

/** Makes a key change on the node that holds the admin key. */
export function signKeyChange(sodium: Sodium, adminSecretKey: Uint8Array, fields: KeyChangeFields): KeyChange {
  const { serial, networkKey, oldKeyEndsAtS } = fields;
  return { serial, networkKey, oldKeyEndsAtS, signature: sodium.sign(keyChangeInput(fields), adminSecretKey) };
}

/** True where the admin signed exactly this. */
export function verifyKeyChange(sodium: Sodium, adminPublicKey: Uint8Array, change: KeyChange): boolean {
  return sodium.verify(change.signature, keyChangeInput(change), adminPublicKey);
}

/** `0 version u8 = 1   1 serial u32   5 new network key 32   37 old key ends u32   41 signature`, 105 bytes. */
export function encodeKeyChange(change: KeyChange): Uint8Array {
  return new ByteWriter(new Uint8Array(KEY_CHANGE_BYTES)).raw(changeBytes(change)).raw(change.signature).bytes;
}

/** Reads exactly one key change; null where anything is malformed or left over. Nothing is verified. Copies what it keeps. */
export function decodeKeyChange(bytes: Uint8Array): KeyChange | null {
  if (bytes.length !== KEY_CHANGE_BYTES) return null;
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  const serial = reader.u32();
  const networkKey = new Uint8Array(reader.raw(KEY_BYTES));
  const oldKeyEndsAtS = reader.u32();
  const signature = new Uint8Array(reader.raw(SIGNATURE_BYTES));
  // A DIGEST says "none" with serial 0, so no change can have it.
  if (reader.failed || version !== VERSION || serial === 0) return null;
  return { serial, networkKey, oldKeyEndsAtS, signature };
}

function changeBytes(fields: KeyChangeFields): Uint8Array {
  return new ByteWriter(new Uint8Array(SIGNED_BYTES))
    .u8(VERSION)
    .u32(fields.serial)
    .raw(fields.networkKey)
    .u32(fields.oldKeyEndsAtS).bytes;
}

function keyChangeInput(fields: KeyChangeFields): Uint8Array {
  return signingInput('uservpn 1 key change', changeBytes(fields));
}
