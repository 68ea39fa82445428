import type { NodeId } from '../../config/node-id.ts';
import { parseNodeId } from '../../config/node-id.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import type { Sodium } from '../wire/sodium.ts';
import { SIGNATURE_BYTES } from '../wire/sodium.ts';
import { signingInput } from './signing-input.ts';

/** The admin's word that a number's certificates up to and including a serial no longer count. */
export interface Revocation {
  readonly id: NodeId;
  /** u32, inclusive. */
  readonly upToSerial: number;
  readonly signature: Uint8Array;
}

/** Bytes of an encoded revocation. */
export const REVOCATION_BYTES = 70;

const VERSION = 1;
const SIGNED_BYTES = REVOCATION_BYTES - SIGNATURE_BYTES;

/** Makes a revocation on the node that holds the admin key. */
export function signRevocation(
  sodium: Sodium,
  adminSecretKey: Uint8Array,
  fields: { readonly id: NodeId; readonly upToSerial: number },
): Revocation {
  const { id, upToSerial } = fields;
  return { id, upToSerial, signature: sodium.sign(revocationInput(id, upToSerial), adminSecretKey) };
}

/** True where the admin signed exactly this. */
export function verifyRevocation(sodium: Sodium, adminPublicKey: Uint8Array, revocation: Revocation): boolean {
  return sodium.verify(revocation.signature, revocationInput(revocation.id, revocation.upToSerial), adminPublicKey);
}

/** `0 version u8 = 1   1 number u8   2 up to serial u32   6 signature`, 70 bytes. */
export function encodeRevocation(revocation: Revocation): Uint8Array {
  const { id, upToSerial, signature } = revocation;
  return new ByteWriter(new Uint8Array(REVOCATION_BYTES)).raw(revokedBytes(id, upToSerial)).raw(signature).bytes;
}

/** Reads exactly one revocation; null where anything is malformed or left over. Nothing is verified. Copies what it keeps. */
export function decodeRevocation(bytes: Uint8Array): Revocation | null {
  if (bytes.length !== REVOCATION_BYTES) return null;
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  const id = parseNodeId(reader.u8());
  const upToSerial = reader.u32();
  const signature = new Uint8Array(reader.raw(SIGNATURE_BYTES));
  return reader.failed || version !== VERSION || id === null ? null : { id, upToSerial, signature };
}

function revokedBytes(id: NodeId, upToSerial: number): Uint8Array {
  return new ByteWriter(new Uint8Array(SIGNED_BYTES)).u8(VERSION).u8(id).u32(upToSerial).bytes;
}

function revocationInput(id: NodeId, upToSerial: number): Uint8Array {
  return signingInput('uservpn 1 revocation', revokedBytes(id, upToSerial));
}
