import { Reader, type Response } from 'maxmind';
import ipaddr from 'ipaddr.js';
import { canonicalIp } from '../config/ip-literal.ts';
import { readGeoRecord, type GeoRecord } from './geo-record.ts';
import { isBoundedRecord } from './measure-record.ts';

/** What ends every MaxMind database: the metadata begin after it, in the last 128 KiB (file format 2.0). */
const METADATA_MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
const MAX_METADATA_BYTES = 128 * 1024;

/** No kind that we know of has more. */
const MAX_KIND_CHARACTERS = 64;

/** Zeros between the search tree and the data. */
const SEPARATOR_BYTES = 16;

/** A database that can be asked, or why there is none. */
export type OpenedGeoDatabase =
  { readonly type: 'opened'; readonly database: GeoDatabase } | { readonly type: 'failed'; readonly reason: string };

/** A database in MaxMind's format: who is where. The bytes must not change while it is in use. */
export class GeoDatabase {
  readonly #bytes: Buffer;
  readonly #reader: Reader<Response>;

  private constructor(bytes: Buffer, reader: Reader<Response>) {
    this.#bytes = bytes;
    this.#reader = reader;
  }

  /** Opens a whole file. Never throws, whatever the bytes are. */
  static open(bytes: Uint8Array): OpenedGeoDatabase {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const marker = buffer.lastIndexOf(METADATA_MARKER);
    if (marker === -1 || buffer.length - marker > MAX_METADATA_BYTES) return failed('is no MaxMind database (.mmdb)');
    const metadataAt = marker + METADATA_MARKER.length;
    if (!isWhatTheReaderFinds(buffer, marker)) return failed('has damaged metadata');
    if (!isBoundedRecord(buffer, metadataAt, metadataAt)) return failed('has damaged metadata');
    try {
      const reader = new Reader<Response>(buffer);
      const { nodeCount, recordSize, ipVersion, searchTreeSize } = reader.metadata;
      const isSound =
        Number.isSafeInteger(nodeCount) &&
        nodeCount > 0 &&
        (recordSize === 24 || recordSize === 28 || recordSize === 32) &&
        (ipVersion === 4 || ipVersion === 6) &&
        searchTreeSize + SEPARATOR_BYTES <= marker;
      return isSound ? { type: 'opened', database: new GeoDatabase(buffer, reader) } : failed('has damaged metadata');
    } catch {
      return failed('has damaged metadata');
    }
  }

  /** What kind of database it says it is, such as `DBIP-City-Lite`: at most 64 characters, all of them harmless. */
  get kind(): string {
    const { databaseType }: { readonly databaseType: unknown } = this.#reader.metadata;
    const text = typeof databaseType === 'string' ? databaseType : '';
    return text.replaceAll(/[^\x20-\x7e]/g, '').slice(0, MAX_KIND_CHARACTERS) || 'unknown';
  }

  /** When it says it was built, in ms since 1970; null where it doesn't, or says something impossible. */
  get builtAtMs(): number | null {
    const { buildEpoch }: { readonly buildEpoch: unknown } = this.#reader.metadata;
    const builtAtMs = buildEpoch instanceof Date ? buildEpoch.getTime() : NaN;
    return builtAtMs > 0 ? builtAtMs : null;
  }

  /** Where an address is; null where the database doesn't know, the text is no address, or the record is damaged. */
  lookUp(address: string): GeoRecord | null {
    // This also makes IPv4 of IPv4-mapped IPv6, which databases don't know.
    const ip = canonicalIp(address);
    if (ip === null) return null;
    const { ipVersion, searchTreeSize, nodeCount } = this.#reader.metadata;
    const octets = ipaddr.parse(ip).toByteArray();
    if (octets.length === 16 && ipVersion === 4) return null;
    const pointer = this.#follow(octets.length === 4 && ipVersion === 6 ? [...Array(12).fill(0), ...octets] : octets);
    if (pointer === null) return null;
    const recordAt = pointer - nodeCount + searchTreeSize;
    if (!isBoundedRecord(this.#bytes, searchTreeSize + SEPARATOR_BYTES, recordAt)) return null;
    try {
      return readGeoRecord(this.#reader.get(ip));
    } catch {
      return null;
    }
  }

  /** Walks the search tree; null where it ends without data or leaves the tree. */
  #follow(octets: readonly number[]): number | null {
    const { nodeCount } = this.#reader.metadata;
    let node = 0;
    for (let bit = 0; bit < octets.length * 8 && node < nodeCount; bit++) {
      node = this.#child(node, (octets[bit >> 3]! >> (7 - (bit & 7))) & 1);
    }
    return node > nodeCount ? node : null;
  }

  /** The layouts of a node: 3 + 3 bytes, 3 + a shared one with the high halves + 3, or 4 + 4. */
  #child(node: number, side: number): number {
    const { recordSize } = this.#reader.metadata;
    const at = (node * recordSize) / 4;
    if (recordSize === 32) return this.#bytes.readUInt32BE(at + 4 * side);
    if (recordSize === 24) return this.#bytes.readUIntBE(at + 3 * side, 3);
    const shared = this.#bytes[at + 3]!;
    return side === 0
      ? (shared >> 4) * 0x100_0000 + this.#bytes.readUIntBE(at, 3)
      : (shared & 15) * 0x100_0000 + this.#bytes.readUIntBE(at + 4, 3);
  }
}

/**
 * The reader looks for the marker in its own way, backwards and without stepping back after half a match, and could so
 * be led to metadata that nobody measured.
 */
function isWhatTheReaderFinds(bytes: Buffer, marker: number): boolean {
  let matched = 0;
  for (let at = bytes.length - 2; at >= marker; at--) {
    const isNext = bytes[at] === METADATA_MARKER[METADATA_MARKER.length - 1 - matched];
    matched = isNext ? matched + 1 : 0;
  }
  return matched === METADATA_MARKER.length;
}

function failed(reason: string): OpenedGeoDatabase {
  return { type: 'failed', reason };
}
