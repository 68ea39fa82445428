import type { Frame, PacketRange } from './frame.ts';
import { addScaled, divide, scale } from './galois-field.ts';
import {
  MAX_PARITY_MEMBERS,
  MAX_PARITY_ROWS,
  MAX_PARITY_SPAN,
  MAX_PARITY_SUM_BYTES,
  parityFactor,
} from './parity-code.ts';
import type { ReceivedPackets } from './received-packets.ts';

/** Guarded payloads kept for their groups: this many, and this many bytes of them. */
const MAX_KEPT_PACKETS = 64;
const MAX_KEPT_BYTES = 131_072;
/** Groups with parity that does not suffice yet. */
const MAX_GROUPS = 4;
/** How often a recovered packet is reported. Nothing is lost but a needless repair where none of them arrives. */
const REPORTS = 4;
const MAX_REPORTED = 32;

/** A packet that parity restored; its payload is nobody else's. */
export interface RecoveredPacket {
  readonly packetNumber: number;
  readonly payload: Uint8Array;
}

interface Group {
  readonly members: readonly number[];
  readonly shardBytes: number;
  readonly rows: Map<number, Uint8Array>;
}

/**
 * The receiving side of parity on one path: keeps guarded payloads for a while, and restores lost ones from PARITY.
 * What a hostile peer sends costs bounded memory, and no more than one small system of equations a packet.
 */
export class ParityReader {
  readonly #received: ReceivedPackets;
  readonly #kept = new Map<number, Uint8Array>();
  #keptBytes = 0;
  readonly #groups = new Map<number, Group>();
  /** Recovered numbers, and how often each is still to be reported. */
  readonly #reports = new Map<number, number>();

  constructor(received: ReceivedPackets) {
    this.#received = received;
  }

  /** Forgets everything but what is to be reported. */
  clear(): void {
    this.#kept.clear();
    this.#keptBytes = 0;
    this.#groups.clear();
  }

  /** Takes the payload of a guarded packet, of which it keeps a copy. */
  guarded(packetNumber: number, payload: Uint8Array): RecoveredPacket[] {
    this.#keep(packetNumber, payload.slice());
    const recovered: RecoveredPacket[] = [];
    for (const [first, group] of this.#groups) {
      if (group.members.includes(packetNumber)) recovered.push(...this.#solve(first, group));
    }
    return recovered;
  }

  /** Takes a PARITY frame about this path, after the packet it came in was noted as received. */
  parity({ row, ranges, bytes }: Extract<Frame, { readonly type: 'parity' }>): RecoveredPacket[] {
    const members = membersOf(ranges);
    if (members === null || row >= MAX_PARITY_ROWS) return [];
    if (bytes.length < 3 || bytes.length > MAX_PARITY_SUM_BYTES) return [];
    const first = members[0]!;
    let group = this.#groups.get(first);
    if (group?.shardBytes !== bytes.length || group.members.length !== members.length) {
      group = { members, shardBytes: bytes.length, rows: new Map() };
      this.#groups.delete(first);
      this.#groups.set(first, group);
      if (this.#groups.size > MAX_GROUPS) this.#groups.delete(this.#groups.keys().next().value!);
    }
    group.rows.set(row, bytes.slice());
    return this.#solve(first, group);
  }

  /** The numbers to report as recovered beside an ACK, highest first, or null. */
  takeReport(): PacketRange[] | null {
    if (this.#reports.size === 0) return null;
    const numbers = [...this.#reports.keys()].sort((a, b) => b - a);
    for (const number of numbers) {
      const left = this.#reports.get(number)! - 1;
      if (left === 0) this.#reports.delete(number);
      else this.#reports.set(number, left);
    }
    const ranges: { first: number; last: number }[] = [];
    for (const number of numbers) {
      const lowest = ranges[ranges.length - 1];
      if (lowest?.first === number + 1) lowest.first = number;
      else ranges.push({ first: number, last: number });
    }
    return ranges;
  }

  #solve(first: number, { members, shardBytes, rows }: Group): RecoveredPacket[] {
    const lost: number[] = [];
    for (const [index, number] of members.entries()) if (!this.#kept.has(number)) lost.push(index);
    if (lost.length > rows.size) return [];
    this.#groups.delete(first);
    // Some may have arrived and be forgotten: they are restored with the others, and no news.
    if (!lost.some((index) => this.#received.isNew(members[index]!))) return [];

    const used = [...rows].slice(0, lost.length);
    for (const [row, sum] of used) {
      for (const [index, number] of members.entries()) {
        const payload = this.#kept.get(number);
        if (payload === undefined) continue;
        if (payload.length + 2 > shardBytes) return []; // not what its sender summed up
        const factor = parityFactor(row, index);
        addScaled(sum, 0, Uint8Array.of(payload.length >> 8, payload.length & 0xff), factor);
        addScaled(sum, 2, payload, factor);
      }
    }
    const matrix = used.map(([row]) => Uint8Array.from(lost, (index) => parityFactor(row, index)));
    const shards = used.map(([, sum]) => sum);
    eliminate(matrix, shards);

    const recovered: RecoveredPacket[] = [];
    for (const [place, index] of lost.entries()) {
      const shard = shards[place]!;
      const length = (shard[0]! << 8) | shard[1]!;
      if (length === 0 || length + 2 > shardBytes) continue;
      const packetNumber = members[index]!;
      if (!this.#received.isNew(packetNumber)) continue;
      const payload = shard.slice(2, 2 + length);
      this.#keep(packetNumber, payload);
      this.#received.missing.requestAcknowledged([{ first: packetNumber, last: packetNumber }]);
      this.#reports.set(packetNumber, REPORTS);
      if (this.#reports.size > MAX_REPORTED) this.#reports.delete(this.#reports.keys().next().value!);
      recovered.push({ packetNumber, payload });
    }
    return recovered;
  }

  #keep(packetNumber: number, payload: Uint8Array): void {
    if (payload.length > MAX_KEPT_BYTES || this.#kept.has(packetNumber)) return;
    this.#kept.set(packetNumber, payload);
    this.#keptBytes += payload.length;
    for (const [oldest, { length }] of this.#kept) {
      if (this.#kept.size <= MAX_KEPT_PACKETS && this.#keptBytes <= MAX_KEPT_BYTES) return;
      this.#kept.delete(oldest);
      this.#keptBytes -= length;
    }
  }
}

/** The numbers of a group in ascending order, or null where there are too many or they lie too far apart. */
function membersOf(ranges: readonly PacketRange[]): number[] | null {
  const lowest = ranges[ranges.length - 1]!.first;
  if (ranges[0]!.last - lowest >= MAX_PARITY_SPAN) return null;
  const members: number[] = [];
  for (const { first, last } of ranges.toReversed()) for (let n = first; n <= last; n++) members.push(n);
  return members.length > MAX_PARITY_MEMBERS ? null : members;
}

/** Gauss and Jordan: turns the matrix into the unit matrix. Every square part of a Cauchy matrix has an inverse. */
function eliminate(matrix: readonly Uint8Array[], shards: readonly Uint8Array[]): void {
  for (let pivot = 0; pivot < matrix.length; pivot++) {
    // No pivot is 0, since the leading minors of a Cauchy matrix are not.
    const factor = divide(1, matrix[pivot]![pivot]!);
    scale(matrix[pivot]!, factor);
    scale(shards[pivot]!, factor);
    for (let other = 0; other < matrix.length; other++) {
      const share = matrix[other]![pivot]!;
      if (other === pivot || share === 0) continue;
      addScaled(matrix[other]!, 0, matrix[pivot]!.slice(), share);
      addScaled(shards[other]!, 0, shards[pivot]!, share);
    }
  }
}
