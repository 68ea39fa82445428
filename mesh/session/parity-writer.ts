import { ByteWriter } from '../wire/byte-writer.ts';
import { encodeFrame } from './encode-frame.ts';
import type { PacketRange } from './frame.ts';
import { addScaled } from './galois-field.ts';
import { MAX_PARITY_MEMBERS, MAX_PARITY_ROWS, MAX_PARITY_SPAN, parityFactor, parityRows } from './parity-code.ts';

/** What a PARITY frame takes besides the longest payload of its group, in bytes: its head, four ranges, two lengths. */
export const PARITY_OVERHEAD_BYTES = 28;
/** How long a group waits for more packets at most, in ms, and as a share of a long round trip. */
const MAX_AGE_MS = 20;
const MAX_AGE_RTT_SHARE = 0.25;
/** And once there is nothing more to send: a program often writes its next bytes a moment later. */
const LINGER_MS = 3;
const MAX_GROUP_RANGES = 4;

/**
 * The sending side of parity on one path: sums up the payloads of guarded packets, group by group, and makes a group's
 * parity once it is closed (PROTOCOL section 4). No payload is kept.
 */
export class ParityWriter {
  readonly #pathId: number;
  #rows: Uint8Array[] = [];
  readonly #ranges: { first: number; last: number }[] = [];
  #members = 0;
  #shardBytes = 0;
  #ownRows = 0;
  #lossShare = 0;
  #dueAtMs = Number.POSITIVE_INFINITY;

  constructor(pathId: number) {
    this.#pathId = pathId;
  }

  /** When {@link take} is due; Infinity while no group is open. */
  get dueAtMs(): number {
    return this.#dueAtMs;
  }

  /** Forgets the open group. */
  clear(): void {
    this.#members = 0;
    this.#ranges.length = 0;
    this.#dueAtMs = Number.POSITIVE_INFINITY;
  }

  /** True where the open group has room for this packet, or none is open. */
  takes(packetNumber: number): boolean {
    const newest = this.#ranges[0];
    if (newest === undefined) return true;
    if (this.#members >= MAX_PARITY_MEMBERS) return false;
    if (packetNumber - this.#ranges[this.#ranges.length - 1]!.first >= MAX_PARITY_SPAN) return false;
    return packetNumber === newest.last + 1 || this.#ranges.length < MAX_GROUP_RANGES;
  }

  /**
   * Adds a guarded packet that the group takes; `payload` is not kept. `lossShare` and `rttMs` count for a new group, as
   * does `spareRows`: so many rows more than that loss asks for may be wanted, for another path.
   */
  add(packetNumber: number, payload: Uint8Array, lossShare: number, rttMs: number, nowMs: number, spareRows = 0): void {
    if (this.#members === 0) this.#begin(lossShare, rttMs, nowMs, spareRows);
    const newest = this.#ranges[0];
    if (newest?.last === packetNumber - 1) newest.last = packetNumber;
    else this.#ranges.unshift({ first: packetNumber, last: packetNumber });
    const shardBytes = payload.length + 2;
    this.#grow(shardBytes);
    const shard = new Uint8Array(shardBytes);
    shard[0] = payload.length >> 8;
    shard[1] = payload.length & 0xff;
    shard.set(payload, 2);
    for (const [row, sum] of this.#rows.entries()) addScaled(sum, 0, shard, parityFactor(row, this.#members));
    this.#members++;
    if (this.#members === MAX_PARITY_MEMBERS) this.#dueAtMs = nowMs;
  }

  /** Nothing more waits to be sent: the open group closes soon. */
  settle(nowMs: number): void {
    if (this.#members > 0) this.#dueAtMs = Math.min(this.#dueAtMs, nowMs + LINGER_MS);
  }

  /** Packets in the open group. */
  get members(): number {
    return this.#members;
  }

  /** How long a payload with parity of the open group is, in bytes, at most. */
  get parityBytes(): number {
    return this.#shardBytes + PARITY_OVERHEAD_BYTES - 2;
  }

  /** How many rows the open group gets for its own path's sake. */
  get ownRows(): number {
    if (this.#members === 0 || this.#lossShare === 0) return 0;
    return Math.min(this.#ownRows, parityRows(this.#members, this.#lossShare));
  }

  /**
   * Closes the open group, and returns a payload for each row of its parity, at most `maxBytes` long: those for its own
   * path, and then so many spare ones, as far as the group was begun with.
   */
  take(maxBytes: number, spareRows = 0): Uint8Array[] {
    if (this.#members === 0 || this.parityBytes > maxBytes) {
      this.clear();
      return [];
    }
    const ranges: PacketRange[] = this.#ranges.map(({ first, last }) => ({ first, last }));
    const count = Math.min(this.#rows.length, this.ownRows + spareRows);
    const payloads = this.#rows.slice(0, count).map((sum, row) => {
      const bytes = sum.subarray(0, this.#shardBytes);
      const writer = new ByteWriter(new Uint8Array(this.#shardBytes + PARITY_OVERHEAD_BYTES));
      encodeFrame(writer, { type: 'parity', pathId: this.#pathId, row, ranges, bytes });
      return writer.written();
    });
    this.clear();
    return payloads;
  }

  #begin(lossShare: number, rttMs: number, nowMs: number, spareRows: number): void {
    this.#ownRows = lossShare === 0 ? 0 : parityRows(MAX_PARITY_MEMBERS, lossShare);
    const count = Math.min(this.#ownRows + spareRows, MAX_PARITY_ROWS);
    while (this.#rows.length < count) this.#rows.push(new Uint8Array(0));
    this.#rows.length = count;
    for (const row of this.#rows) row.fill(0);
    this.#shardBytes = 0;
    this.#lossShare = lossShare;
    this.#dueAtMs = nowMs + Math.max(MAX_AGE_MS, MAX_AGE_RTT_SHARE * rttMs);
  }

  #grow(shardBytes: number): void {
    this.#shardBytes = Math.max(this.#shardBytes, shardBytes);
    for (const [index, row] of this.#rows.entries()) {
      if (row.length >= shardBytes) continue;
      const longer = new Uint8Array(shardBytes);
      longer.set(row);
      this.#rows[index] = longer;
    }
  }
}
