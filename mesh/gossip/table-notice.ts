import { ByteReader } from '../wire/byte-reader.ts';
import { TABLE_HASH_BYTES } from './table-summary.ts';

/** What TABLE says: what its sender knows, in a hash, and what it wants. */
export interface TableNotice {
  /** 8 bytes. */
  readonly hash: Uint8Array;
  /** The receiver should send changes to the sender as they come. */
  readonly wantsChanges: boolean;
  /** It answers a TABLE, and is not answered by one. */
  readonly isAnswer: boolean;
}

/** Bytes of the content of TABLE. */
export const TABLE_NOTICE_BYTES = TABLE_HASH_BYTES + 1;

const FLAG_WANTS_CHANGES = 1;
const FLAG_ANSWER = 2;

/** `hash, 8 bytes | flags u8 (1: wants changes; 2: an answer)`. */
export function encodeTableNotice({ hash, wantsChanges, isAnswer }: TableNotice): Uint8Array {
  const flags = (wantsChanges ? FLAG_WANTS_CHANGES : 0) | (isAnswer ? FLAG_ANSWER : 0);
  return Uint8Array.from([...hash, flags]);
}

/** Reads one; null where it has another length or an unknown flag. The hash is a view. */
export function decodeTableNotice(bytes: Uint8Array): TableNotice | null {
  const reader = new ByteReader(bytes);
  const hash = reader.raw(TABLE_HASH_BYTES);
  const flags = reader.u8();
  if (reader.failed || reader.remaining > 0 || flags > (FLAG_WANTS_CHANGES | FLAG_ANSWER)) return null;
  return { hash, wantsChanges: (flags & FLAG_WANTS_CHANGES) !== 0, isAnswer: (flags & FLAG_ANSWER) !== 0 };
}
