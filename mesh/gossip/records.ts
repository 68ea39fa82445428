import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter, varintBytes } from '../wire/byte-writer.ts';
import { MAX_FAST_RECORD_BYTES } from './fast-record.ts';
import { KEY_CHANGE_BYTES } from './key-change.ts';
import { MAX_RECORD_BYTES } from './node-record.ts';
import { REVOCATION_BYTES } from './revocation.ts';

/** The kinds of items in the order of their numbers from 1. */
const KINDS = ['record', 'revocation', 'key-change', 'fast'] as const;

/** One signed document inside RECORDS; its bytes are not decoded yet. */
export interface RecordsItem {
  readonly kind: (typeof KINDS)[number];
  readonly bytes: Uint8Array;
}

const MAX_ITEM_BYTES = {
  record: MAX_RECORD_BYTES,
  revocation: REVOCATION_BYTES,
  'key-change': KEY_CHANGE_BYTES,
  fast: MAX_FAST_RECORD_BYTES,
};

/** Bytes that hold any single item: a RECORDS limit must be no lower. */
export const MIN_RECORDS_BYTES = 1 + 2 + MAX_RECORD_BYTES;

/**
 * The contents of as few RECORDS frames as the order allows, each at most `maxBytes` long
 * (at least {@link MIN_RECORDS_BYTES}): `kind u8 | item sized` back to back. No items, no contents.
 */
export function encodeRecords(items: readonly RecordsItem[], maxBytes: number): readonly Uint8Array[] {
  if (maxBytes < MIN_RECORDS_BYTES) throw new RangeError(`RECORDS need at least ${MIN_RECORDS_BYTES} bytes`);
  if (items.length === 0) return [];
  const contents: Uint8Array[] = [];
  let writer = new ByteWriter(new Uint8Array(maxBytes));
  for (const { kind, bytes } of items) {
    if (writer.remaining < 1 + varintBytes(bytes.length) + bytes.length) {
      contents.push(writer.written());
      writer = new ByteWriter(new Uint8Array(maxBytes));
    }
    writer.u8(KINDS.indexOf(kind) + 1).sized(bytes);
  }
  if (writer.offset > 0) contents.push(writer.written());
  return contents;
}

/** Reads the content of RECORDS; null where it is malformed, or an item has an unknown kind or is too long. Items are views. */
export function decodeRecords(bytes: Uint8Array): readonly RecordsItem[] | null {
  const reader = new ByteReader(bytes);
  const items: RecordsItem[] = [];
  while (reader.remaining > 0) {
    const kind = KINDS[reader.u8() - 1];
    if (kind === undefined) return null;
    const item = reader.sized(MAX_ITEM_BYTES[kind]);
    if (reader.failed) return null;
    items.push({ kind, bytes: item });
  }
  return items;
}
