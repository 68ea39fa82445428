import type { NodeId } from '../../config/node-id.ts';
import { MAX_NODE_ID, parseNodeId } from '../../config/node-id.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import type { RecordVersion } from './node-record.ts';

/** What a node has of a number about which it knows something else than its peer, or nothing. */
export interface Wanted {
  readonly id: NodeId;
  /** Up to which serial its certificates are revoked; null where none are. */
  readonly revokedUpTo: number | null;
  /** Of the record; null where there is none. */
  readonly version: RecordVersion | null;
}

/** What a node asks its peer for. */
export interface Wants {
  /** The newest key change. */
  readonly keyChange: boolean;
  readonly nodes: readonly Wanted[];
}

/** In the place of a node's number: the key change. */
const KEY_CHANGE = 0;
const FLAG_REVOKED = 1;
const FLAG_VERSION = 2;
const MAX_ENTRY_BYTES = 2 + 4 + 8;

/**
 * The contents of as few WANT frames as it takes, each at most `maxBytes` long (at least 14):
 * `number u8 | flags u8 (1: a revocation follows; 2: a version) | [up to serial u32] | [incarnation u32 | sequence u32]`;
 * `u8 0 | u8 0` in front where the key change is wanted.
 */
export function encodeWants({ keyChange, nodes }: Wants, maxBytes: number): readonly Uint8Array[] {
  if (maxBytes < MAX_ENTRY_BYTES) throw new RangeError(`WANT needs at least ${MAX_ENTRY_BYTES} bytes`);
  const contents: Uint8Array[] = [];
  let writer = new ByteWriter(new Uint8Array(maxBytes));
  if (keyChange) writer.u8(KEY_CHANGE).u8(0);
  for (const { id, revokedUpTo, version } of nodes) {
    if (writer.remaining < MAX_ENTRY_BYTES) {
      contents.push(writer.written());
      writer = new ByteWriter(new Uint8Array(maxBytes));
    }
    writer.u8(id).u8((revokedUpTo === null ? 0 : FLAG_REVOKED) | (version === null ? 0 : FLAG_VERSION));
    if (revokedUpTo !== null) writer.u32(revokedUpTo);
    if (version !== null) writer.u32(version.incarnation).u32(version.sequence);
  }
  if (writer.offset > 0) contents.push(writer.written());
  return contents;
}

/** Reads a WANT; null where it is malformed, cut short, or names a number twice. */
export function decodeWant(bytes: Uint8Array): Wants | null {
  if (bytes.length > MAX_ENTRY_BYTES * (MAX_NODE_ID + 1)) return null;
  const reader = new ByteReader(bytes);
  const nodes = new Map<NodeId, Wanted>();
  let keyChange = false;
  while (reader.remaining > 0) {
    const number = reader.u8();
    const flags = reader.u8();
    if (number === KEY_CHANGE && flags === 0 && !reader.failed && reader.offset === 2) {
      keyChange = true;
      continue;
    }
    const id = parseNodeId(number);
    if (id === null || nodes.has(id) || flags > (FLAG_REVOKED | FLAG_VERSION)) return null;
    const revokedUpTo = (flags & FLAG_REVOKED) === 0 ? null : reader.u32();
    const version = (flags & FLAG_VERSION) === 0 ? null : { incarnation: reader.u32(), sequence: reader.u32() };
    if (reader.failed) return null;
    nodes.set(id, { id, revokedUpTo, version });
  }
  return { keyChange, nodes: [...nodes.values()] };
}
