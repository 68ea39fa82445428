import { parseNodeId } from '../../config/node-id.ts';
import type { NodeId } from '../../config/node-id.ts';

/** Bytes of the header H before it is masked. */
export const HEADER_BYTES = 32;

/** Bytes before the payload: watermark, masked header and tag. */
export const SEAL_BYTES = 64;

/** The largest payload, in bytes. */
export const MAX_PAYLOAD_BYTES = 65_535;

/** The most waste a message carries, in bytes. */
const MAX_WASTE_BYTES = 255;

/** The highest packet number: a u48. */
export const MAX_PACKET_NUMBER = 0xffff_ffff_ffff;

/** The version of the protocol. */
export const VERSION = 1;

/** The type of a message whose payload is frames, the only one there is. */
export const TYPE_FRAMES = 1;

/** A relay's tick that tells nothing. */
export const TICK_UNKNOWN = 255;

/** 0: anybody with the network key can read it. 2: only the pair of nodes can. */
export type KeyLevel = 0 | 2;

/** How many relays a message has passed. */
export type HopIndex = 0 | 1 | 2;

/**
 * What a sealed message says of itself (PROTOCOL section 1). Mutable: on the hot path one object serves all messages.
 *
 * ```
 *  0  version, key level   1  type, flags   2  origin   3  relay1   4  relay2   5  destination
 *  6  hop index            7  wasteBytes    8  time_s u32          12  tick    13  relay1's   14  relay2's tick
 * 15  path id             16  packet number u48         22  session u32        26  payloadBytes u16
 * 28  origin key id u16   30  destination key id u16
 * ```
 */
export class Header {
  keyLevel: KeyLevel = 2;
  /** 5 bits; {@link TYPE_FRAMES}. A relay passes on types it does not know. */
  type = TYPE_FRAMES;
  /** 3 bits, 0. */
  flags = 0;
  /** Who sealed the payload; 0 only until it is set. */
  origin: NodeId | 0 = 0;
  relay1: NodeId | 0 = 0;
  relay2: NodeId | 0 = 0;
  /** 0 at level 0 only: whoever it reaches. */
  destination: NodeId | 0 = 0;
  hopIndex: HopIndex = 0;
  wasteBytes = 0;
  /** The origin's wall clock in seconds since 1970. */
  timeSeconds = 0;
  /** 4 ms units within that second, 0 to 249. */
  tick = 0;
  /** 4 ms units after the origin's time, or {@link TICK_UNKNOWN}. */
  relay1Tick = TICK_UNKNOWN;
  relay2Tick = TICK_UNKNOWN;
  pathId = 0;
  packetNumber = 0;
  /** The session; the origin's incarnation at level 0. */
  session = 0;
  payloadBytes = 0;
  originKeyId = 0;
  destinationKeyId = 0;

  /** Takes over every field of another header. */
  copyFrom(other: Header): void {
    this.keyLevel = other.keyLevel;
    this.type = other.type;
    this.flags = other.flags;
    this.origin = other.origin;
    this.relay1 = other.relay1;
    this.relay2 = other.relay2;
    this.destination = other.destination;
    this.hopIndex = other.hopIndex;
    this.wasteBytes = other.wasteBytes;
    this.timeSeconds = other.timeSeconds;
    this.tick = other.tick;
    this.relay1Tick = other.relay1Tick;
    this.relay2Tick = other.relay2Tick;
    this.pathId = other.pathId;
    this.packetNumber = other.packetNumber;
    this.session = other.session;
    this.payloadBytes = other.payloadBytes;
    this.originKeyId = other.originKeyId;
    this.destinationKeyId = other.destinationKeyId;
  }
}

/** The length of the sealed message with this header, in bytes. */
export function messageBytes(header: Header): number {
  return SEAL_BYTES + header.payloadBytes + header.wasteBytes;
}

/** Writes the 32 bytes of H to the start of `out`. The fields must be in range: see {@link isValidHeader}. */
export function writeHeader(header: Header, out: Uint8Array): void {
  out[0] = (VERSION << 4) | header.keyLevel;
  out[1] = (header.type << 3) | header.flags;
  out[2] = header.origin;
  out[3] = header.relay1;
  out[4] = header.relay2;
  out[5] = header.destination;
  out[6] = header.hopIndex;
  out[7] = header.wasteBytes;
  writeU32(out, 8, header.timeSeconds);
  out[12] = header.tick;
  out[13] = header.relay1Tick;
  out[14] = header.relay2Tick;
  out[15] = header.pathId;
  const high = Math.floor(header.packetNumber / 0x1_0000_0000);
  out[16] = high >>> 8;
  out[17] = high;
  writeU32(out, 18, header.packetNumber);
  writeU32(out, 22, header.session);
  writeU16(out, 26, header.payloadBytes);
  writeU16(out, 28, header.originKeyId);
  writeU16(out, 30, header.destinationKeyId);
}

/** Reads the first 32 of `bytes`. False, and `header` half written, where they are no header that may be sealed. */
export function readHeader(bytes: Uint8Array, header: Header): boolean {
  const first = bytes[0]!;
  const level = first & 0x0f;
  if (first >> 4 !== VERSION || (level !== 0 && level !== 2)) return false;
  const origin = readNode(bytes[2]!);
  const relay1 = readNode(bytes[3]!);
  const relay2 = readNode(bytes[4]!);
  const destination = readNode(bytes[5]!);
  if (origin === null || relay1 === null || relay2 === null || destination === null) return false;
  const hopIndex = bytes[6]!;
  if (hopIndex !== 0 && hopIndex !== 1 && hopIndex !== 2) return false;
  header.keyLevel = level;
  header.type = bytes[1]! >> 3;
  header.flags = bytes[1]! & 7;
  header.origin = origin;
  header.relay1 = relay1;
  header.relay2 = relay2;
  header.destination = destination;
  header.hopIndex = hopIndex;
  header.wasteBytes = bytes[7]!;
  header.timeSeconds = readU32(bytes, 8);
  header.tick = bytes[12]!;
  header.relay1Tick = bytes[13]!;
  header.relay2Tick = bytes[14]!;
  header.pathId = bytes[15]!;
  header.packetNumber = readU16(bytes, 16) * 0x1_0000_0000 + readU32(bytes, 18);
  header.session = readU32(bytes, 22);
  header.payloadBytes = readU16(bytes, 26);
  header.originKeyId = readU16(bytes, 28);
  header.destinationKeyId = readU16(bytes, 30);
  return isValidHeader(header);
}

/** Whether a header may be sealed: every field in range, a route without repetition, and what its level asks for. */
export function isValidHeader(header: Header): boolean {
  return (
    fits(header.type, 31) &&
    fits(header.flags, 7) &&
    fits(header.wasteBytes, MAX_WASTE_BYTES) &&
    fits(header.timeSeconds, 0xffff_ffff) &&
    fits(header.tick, 249) &&
    fits(header.relay1Tick, TICK_UNKNOWN) &&
    fits(header.relay2Tick, TICK_UNKNOWN) &&
    fits(header.pathId, 255) &&
    fits(header.packetNumber, MAX_PACKET_NUMBER) &&
    fits(header.session, 0xffff_ffff) &&
    fits(header.payloadBytes, MAX_PAYLOAD_BYTES) &&
    fits(header.originKeyId, 0xffff) &&
    fits(header.destinationKeyId, 0xffff) &&
    isRoute(header) &&
    suitsLevel(header)
  );
}

/** A route names each node at most once, and a message has not passed more relays than its route has. */
function isRoute({ origin, relay1, relay2, destination, hopIndex }: Header): boolean {
  if (origin === 0 || origin === destination) return false;
  if (relay1 === 0) return relay2 === 0 && hopIndex === 0;
  // A relay could not tell where "whoever you are" is.
  if (destination === 0 || relay1 === origin || relay1 === destination) return false;
  if (relay2 === 0) return hopIndex <= 1;
  return relay2 !== origin && relay2 !== relay1 && relay2 !== destination;
}

/** Level 0 has no ephemeral keys and no paths; level 2 has a destination, and no key id is 0. */
function suitsLevel(header: Header): boolean {
  switch (header.keyLevel) {
    case 0:
      return header.pathId === 0 && header.originKeyId === 0 && header.destinationKeyId === 0;
    case 2:
      return header.destination !== 0 && header.originKeyId !== 0 && header.destinationKeyId !== 0;
  }
}

function fits(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

function readNode(value: number): NodeId | 0 | null {
  return value === 0 ? 0 : parseNodeId(value);
}

function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

function readU32(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at) * 0x1_0000 + readU16(bytes, at + 2);
}

function writeU16(out: Uint8Array, at: number, value: number): void {
  out[at] = value >>> 8;
  out[at + 1] = value;
}

/** Takes the low 32 bits of `value`. */
function writeU32(out: Uint8Array, at: number, value: number): void {
  const low = value >>> 0;
  out[at] = low >>> 24;
  out[at + 1] = low >>> 16;
  out[at + 2] = low >>> 8;
  out[at + 3] = low;
}
