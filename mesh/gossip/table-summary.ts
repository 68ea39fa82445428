import type { NodeId } from '../../config/node-id.ts';
import { MAX_NODE_ID } from '../../config/node-id.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import type { Sodium } from '../wire/sodium.ts';
import type { Digest } from './digest.ts';
import type { Membership } from './membership.ts';
import type { NodeTable } from './node-table.ts';

/** The bytes of the hash of a whole table. */
export const TABLE_HASH_BYTES = 8;

const ENTRY_HASH_BYTES = 16;

/** What a table says, in as few bytes as two nodes need to compare theirs (PROTOCOL section 5). */
export class TableSummary {
  readonly #sodium: Sodium;
  readonly #table: NodeTable;
  readonly #membership: Membership;
  #madeOf = '';
  #hash: Uint8Array = new Uint8Array(TABLE_HASH_BYTES);
  #digest: Digest = { keyChangeSerial: 0, entries: new Map() };

  constructor(sodium: Sodium, table: NodeTable, membership: Membership) {
    this.#sodium = sodium;
    this.#table = table;
    this.#membership = membership;
  }

  /** The hash of everything, 8 bytes, and the digest. Made when they are asked for, where something has changed. */
  get(keyChangeSerial: number): { readonly hash: Uint8Array; readonly digest: Digest } {
    const madeOf = `${keyChangeSerial} ${this.#table.generation} ${this.#membership.revocationChanges}`;
    if (madeOf !== this.#madeOf) this.#make(keyChangeSerial);
    this.#madeOf = madeOf;
    return { hash: this.#hash, digest: this.#digest };
  }

  /**
   * A number's entry is BLAKE2b-128(u8 1 || its revocation's serial u32, or u8 0 || the record's content hash, where there is one),
   * the table's hash the first 8 bytes of BLAKE2b-128(key change serial u32 || (number u8 || entry) of each, ascending).
   */
  #make(keyChangeSerial: number): void {
    const entries = new Map<NodeId, number>();
    const revocations = this.#membership.revocations();
    const all = new ByteWriter(new Uint8Array(4 + (1 + ENTRY_HASH_BYTES) * MAX_NODE_ID)).u32(keyChangeSerial);
    const ids = new Set([...revocations.keys(), ...this.#table.ids()]);
    for (const id of [...ids].sort((a, b) => a - b)) {
      const revocation = revocations.get(id);
      const input = new ByteWriter(new Uint8Array(1 + 4 + ENTRY_HASH_BYTES));
      if (revocation === undefined) input.u8(0);
      else input.u8(1).u32(revocation.upToSerial);
      const content = this.#table.contentHash(id);
      if (content !== null) input.raw(content);
      const entry = new Uint8Array(ENTRY_HASH_BYTES);
      this.#sodium.hash(entry, input.written(), null);
      entries.set(id, new DataView(entry.buffer).getUint32(0));
      all.u8(id).raw(entry);
    }
    const hash = new Uint8Array(ENTRY_HASH_BYTES);
    this.#sodium.hash(hash, all.written(), null);
    this.#hash = hash.subarray(0, TABLE_HASH_BYTES);
    this.#digest = { keyChangeSerial, entries };
  }
}
