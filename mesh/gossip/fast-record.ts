import type { NodeId } from '../../config/node-id.ts';
import { parseNodeId } from '../../config/node-id.ts';
import type { LinkQuality } from '../routing/link-quality.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { ByteWriter } from '../wire/byte-writer.ts';
import type { Sodium } from '../wire/sodium.ts';
import { SIGNATURE_BYTES } from '../wire/sodium.ts';
import type { RecordVersion } from './node-record.ts';
import { decodeLossShare, decodeRttMs, encodeLossShare, encodeRttMs } from './quality-code.ts';
import { signingInput } from './signing-input.ts';

/** What a node says of its state, which changes faster than its record. */
export interface NodeState {
  /** How much longer than usual it takes to do its work, in ms, 0 to 255. */
  readonly loadMs: number;
  /** The links to servers, exits and relays that answer; jitter is part of the round trip. */
  readonly neighbours: ReadonlyMap<NodeId, LinkQuality>;
  /** The other nodes that it hears. */
  readonly heard: ReadonlySet<NodeId>;
}

/** A node's own, signed state (PROTOCOL section 5). */
export interface FastRecord extends NodeState, RecordVersion {
  readonly id: NodeId;
  /** The encoded record with its signature, as it is passed on. */
  readonly bytes: Uint8Array;
}

const VERSION = 1;
const NEIGHBOUR_BYTES = 3;
const MAP_BYTES = 32;
const HEAD_BYTES = 1 + 1 + 4 + 4 + 1 + 1;

/** Bytes of the longest one. */
export const MAX_FAST_RECORD_BYTES = HEAD_BYTES + NEIGHBOUR_BYTES * 255 + 1 + MAP_BYTES + SIGNATURE_BYTES;

/**
 * Makes and signs one:
 * ```
 * version u8 = 1 | number u8 | incarnation u32 | sequence u32 | load in ms u8
 * | count u8 | (number u8 | round trip u8 | loss u8) each, ascending | map of those heard sized, at most 32 | signature 64
 * ```
 */
export function signFastRecord(
  sodium: Sodium,
  identitySecretKey: Uint8Array,
  id: NodeId,
  version: RecordVersion,
  state: NodeState,
): FastRecord {
  const neighbours = [...state.neighbours].sort(([a], [b]) => a - b);
  const writer = new ByteWriter(new Uint8Array(MAX_FAST_RECORD_BYTES))
    .u8(VERSION)
    .u8(id)
    .u32(version.incarnation)
    .u32(version.sequence)
    .u8(Math.min(255, Math.round(state.loadMs)))
    .u8(neighbours.length);
  for (const [number, { rttMs, jitterMs, lossShare }] of neighbours) {
    writer
      .u8(number)
      .u8(encodeRttMs(rttMs === null ? null : rttMs + 2 * jitterMs))
      .u8(encodeLossShare(lossShare));
  }
  writer.sized(mapOf(state.heard));
  writer.raw(sodium.sign(signingInput('uservpn 1 fast', writer.written()), identitySecretKey));
  const { incarnation, sequence } = version;
  return { ...state, id, incarnation, sequence, bytes: writer.written().slice() };
}

/** Reads exactly one; null where anything is malformed, out of order or left over. Nothing is verified. Copies what it keeps. */
export function decodeFastRecord(bytes: Uint8Array): FastRecord | null {
  if (bytes.length > MAX_FAST_RECORD_BYTES) return null;
  const reader = new ByteReader(bytes);
  if (reader.u8() !== VERSION) return null;
  const id = parseNodeId(reader.u8());
  const incarnation = reader.u32();
  const sequence = reader.u32();
  const loadMs = reader.u8();
  const count = reader.u8();
  const neighbours = new Map<NodeId, LinkQuality>();
  let last = 0;
  for (let index = 0; index < count; index++) {
    const number = parseNodeId(reader.u8());
    const rttMs = decodeRttMs(reader.u8());
    const lossShare = decodeLossShare(reader.u8());
    if (reader.failed || number === null || number <= last || number === id) return null;
    last = number;
    neighbours.set(number, { rttMs, jitterMs: 0, lossShare });
  }
  const heard = readMap(reader.sized(MAP_BYTES));
  if (reader.failed || id === null || heard === null || reader.remaining !== SIGNATURE_BYTES) return null;
  return { id, incarnation, sequence, loadMs, neighbours, heard, bytes: new Uint8Array(bytes) };
}

/** True where this identity signed it. */
export function verifyFastRecord(sodium: Sodium, { bytes }: FastRecord, identity: Uint8Array): boolean {
  const signed = bytes.length - SIGNATURE_BYTES;
  const input = signingInput('uservpn 1 fast', bytes.subarray(0, signed));
  return sodium.verify(bytes.subarray(signed), input, identity);
}

/** One bit a number, the lowest of the first byte for 0, without zeros at the end. */
function mapOf(ids: ReadonlySet<NodeId>): Uint8Array {
  const map = new Uint8Array(MAP_BYTES);
  let length = 0;
  for (const id of ids) {
    map[id >> 3] = map[id >> 3]! | (1 << (id & 7));
    length = Math.max(length, (id >> 3) + 1);
  }
  return map.subarray(0, length);
}

function readMap(map: Uint8Array): ReadonlySet<NodeId> | null {
  if (map.length > 0 && map[map.length - 1] === 0) return null;
  const ids = new Set<NodeId>();
  for (let number = 0; number < map.length * 8; number++) {
    if ((map[number >> 3]! & (1 << (number & 7))) === 0) continue;
    const id = parseNodeId(number);
    if (id === null) return null;
    ids.add(id);
  }
  return ids;
}
