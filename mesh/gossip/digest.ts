import type { NodeId } from '../../config/node-id.ts';
import { MAX_NODE_ID, parseNodeId } from '../../config/node-id.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';

/** What a node knows, in short (PROTOCOL section 5). */
export interface Digest {
  /** Of the newest key change; 0 none. */
  readonly keyChangeSerial: number;
  /** By number, of all of which there is a record or a revocation: the first four bytes of the entry's hash. */
  readonly entries: ReadonlyMap<NodeId, number>;
}

/** One bit a number, the lowest of the first byte for 0. */
const MAP_BYTES = 32;
const ENTRY_BYTES = 4;

/** The longest digest, in bytes. */
export const MAX_DIGEST_BYTES = 4 + MAP_BYTES + ENTRY_BYTES * MAX_NODE_ID;

/** `key change serial u32 | map, 32 bytes | hash u32 of each number in the map, in ascending order`. */
export function encodeDigest({ keyChangeSerial, entries }: Digest): Uint8Array {
  const writer = new ByteWriter(new Uint8Array(MAX_DIGEST_BYTES)).u32(keyChangeSerial);
  const map = new Uint8Array(MAP_BYTES);
  for (const id of entries.keys()) map[id >> 3] = map[id >> 3]! | (1 << (id & 7));
  writer.raw(map);
  for (let number = 1; number <= MAX_NODE_ID; number++) {
    const id = parseNodeId(number);
    const hash = id === null ? undefined : entries.get(id);
    if (hash !== undefined) writer.u32(hash);
  }
  return writer.written();
}

/** Reads exactly one digest; null where it is malformed, cut short, or has something in the place of what is no number. */
export function decodeDigest(bytes: Uint8Array): Digest | null {
  if (bytes.length > MAX_DIGEST_BYTES) return null;
  const reader = new ByteReader(bytes);
  const keyChangeSerial = reader.u32();
  const map = reader.raw(MAP_BYTES);
  if (reader.failed) return null;
  const entries = new Map<NodeId, number>();
  for (let number = 0; number < MAP_BYTES * 8; number++) {
    if ((map[number >> 3]! & (1 << (number & 7))) === 0) continue;
    const id = parseNodeId(number);
    if (id === null) return null;
    entries.set(id, reader.u32());
  }
  return reader.failed || reader.remaining > 0 ? null : { keyChangeSerial, entries };
}
