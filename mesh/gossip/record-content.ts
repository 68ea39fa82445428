import type { Sodium } from '../wire/sodium.ts';
import { KEY_BYTES, SIGNATURE_BYTES } from '../wire/sodium.ts';
import { encodeCredential } from './credential.ts';
import type { NodeRecord } from './node-record.ts';

/** Incarnation and sequence. */
const VERSION_BYTES = 8;
/** The hash's, in bytes. */
const HASH_BYTES = 16;

/**
 * Hashes what a record says, 16 bytes: all but incarnation, sequence, E and signature (PROTOCOL section 5). A server's
 * hourly E is of use to who means to talk to it at once, and no reason for every node of a mesh to hear of it.
 */
export function hashRecordContent(sodium: Sodium, record: NodeRecord): Uint8Array {
  const { bytes, credential, ephemeralPublicKey } = record;
  const versionAt = 1 + encodeCredential(credential).length;
  const flagsAt = versionAt + VERSION_BYTES;
  const restAt = flagsAt + 1 + (ephemeralPublicKey === null ? 0 : KEY_BYTES);
  const content = Buffer.concat([
    bytes.subarray(0, versionAt),
    bytes.subarray(flagsAt, flagsAt + 1),
    bytes.subarray(restAt, bytes.length - SIGNATURE_BYTES),
  ]);
  const hash = new Uint8Array(HASH_BYTES);
  sodium.hash(hash, content, null);
  return hash;
}
