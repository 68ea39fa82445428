import type { NodeId } from '../../config/node-id.ts';
import { MAX_NODE_ID, parseNodeId } from '../../config/node-id.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import type { RecordVersion } from './node-record.ts';
import { compareVersions } from './node-record.ts';

/** What a node knows, in short (PROTOCOL section 5). */
export interface Digest {
  /** Of the newest key change; 0 none. */
  readonly keyChangeSerial: number;
  /** The newest revocation's serial by number. */
  readonly revocations: ReadonlyMap<NodeId, number>;
  readonly records: ReadonlyMap<NodeId, RecordVersion>;
}

/** What two digests say about two nodes: by number, in the order of the digest that has it. */
export interface DigestDifference {
  /** True where the other lacks the newest key change. */
  readonly keyChangeToSend: boolean;
  readonly revocationsToSend: readonly NodeId[];
  readonly recordsToSend: readonly NodeId[];
  readonly recordsToWant: readonly NodeId[];
}

const HEAD_BYTES = 5;
const REVOCATION_ENTRY_BYTES = 5;
const RECORD_ENTRY_BYTES = 9;

/**
 * `key change serial u32 | revocation count u8 | (number u8, serial u32) each | (number u8, incarnation u32,
 * sequence u32) each record, to the end`.
 *
 * What does not fit into `maxBytes` (at least 5) is left out, the last entries first. That is safe: the other
 * side sends what it believes is lacking here, and what is older than here it gets back newer.
 */
export function encodeDigest(digest: Digest, maxBytes: number): Uint8Array {
  const writer = new ByteWriter(new Uint8Array(maxBytes));
  const revocations = [...digest.revocations].slice(0, Math.floor((maxBytes - HEAD_BYTES) / REVOCATION_ENTRY_BYTES));
  writer.u32(digest.keyChangeSerial).u8(revocations.length);
  for (const [id, serial] of revocations) writer.u8(id).u32(serial);
  for (const [id, { incarnation, sequence }] of digest.records) {
    if (writer.remaining < RECORD_ENTRY_BYTES) break;
    writer.u8(id).u32(incarnation).u32(sequence);
  }
  return writer.written();
}

/** Reads exactly one digest; null where it is malformed, cut short, or names a number twice. */
export function decodeDigest(bytes: Uint8Array): Digest | null {
  const reader = new ByteReader(bytes);
  const keyChangeSerial = reader.u32();
  const revocationCount = reader.u8();
  if (reader.failed || revocationCount > MAX_NODE_ID) return null;
  const revocations = new Map<NodeId, number>();
  for (let index = 0; index < revocationCount; index++) {
    const id = parseNodeId(reader.u8());
    const serial = reader.u32();
    if (reader.failed || id === null || revocations.has(id)) return null;
    revocations.set(id, serial);
  }
  const records = new Map<NodeId, RecordVersion>();
  while (reader.remaining > 0) {
    const id = parseNodeId(reader.u8());
    const incarnation = reader.u32();
    const sequence = reader.u32();
    if (reader.failed || id === null || records.has(id)) return null;
    records.set(id, { incarnation, sequence });
  }
  return reader.failed ? null : { keyChangeSerial, revocations, records };
}

/** What to send to, and what to want from, the node whose digest is `theirs`. */
export function compareDigests(ours: Digest, theirs: Digest): DigestDifference {
  const revocationsToSend = [...ours.revocations]
    .filter(([id, serial]) => serial > (theirs.revocations.get(id) ?? -1))
    .map(([id]) => id);
  const isNewer = (version: RecordVersion, than: RecordVersion | undefined): boolean =>
    than === undefined || compareVersions(version, than) > 0;
  return {
    keyChangeToSend: ours.keyChangeSerial > theirs.keyChangeSerial,
    revocationsToSend,
    recordsToSend: [...ours.records].filter(([id, v]) => isNewer(v, theirs.records.get(id))).map(([id]) => id),
    recordsToWant: [...theirs.records].filter(([id, v]) => isNewer(v, ours.records.get(id))).map(([id]) => id),
  };
}

/** The content of WANT: one byte a number. */
export function encodeWant(ids: readonly NodeId[]): Uint8Array {
  return Uint8Array.from(ids);
}

/** Reads a WANT; null where it holds something that is no number, or one twice. */
export function decodeWant(bytes: Uint8Array): readonly NodeId[] | null {
  if (bytes.length > MAX_NODE_ID) return null;
  const ids = new Set<NodeId>();
  for (const byte of bytes) {
    const id = parseNodeId(byte);
    if (id === null || ids.has(id)) return null;
    ids.add(id);
  }
  return [...ids];
}
