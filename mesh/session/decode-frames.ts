import { parseNodeId } from '../../config/node-id.ts';
import { readNodeAddress } from '../gossip/node-address.ts';
import { ByteReader } from '../wire/byte-reader.ts';
import { readPosition } from '../wire/position-bytes.ts';
import {
  FRAME_CODES,
  type Frame,
  GOODBYE_CODES,
  MAX_GOSSIP_FRAME_BYTES,
  MAX_LOST_BYTES,
  MAX_OOB_BYTES,
  MAX_PIECE_BYTES,
  MAX_PIECES,
  MAX_RANGES,
  MAX_TOPIC_BYTES,
  type PacketRange,
  PUNCH_STEPS,
  REFUSAL_CODES,
  RESET_CODES,
  TABLE_BYTES,
} from './frame.ts';
import type { Destination, Host, Target } from './target.ts';

/** Which frames a payload may hold: those of level 0, or those of level 2. */
export type FrameLevel = 0 | 2;

const utf8 = new TextDecoder('utf-8', { fatal: true });
const LEVEL_0 = new Set<number>([FRAME_CODES.challenge, FRAME_CODES.hello]);
const MAX_HELLO_BYTES = 1_024;
const TOPIC = /^[!-~]+$/;

/**
 * Takes a payload apart. Returns null where any of it is malformed or not allowed at that level: such a payload is
 * dropped whole. Byte fields of the frames are views into `payload`.
 */
export function decodeFrames(payload: Uint8Array, level: FrameLevel): Frame[] | null {
  const reader = new ByteReader(payload);
  const frames: Frame[] = [];
  while (reader.remaining > 0) {
    const code = reader.u8();
    if (code === FRAME_CODES.padding) continue;
    if ((level === 0) !== LEVEL_0.has(code)) return null;
    const frame = decodeFrame(reader, code);
    if (frame === null || reader.failed) return null;
    frames.push(frame);
  }
  return frames;
}

function decodeFrame(reader: ByteReader, code: number): Frame | null {
  switch (code) {
    case FRAME_CODES.data:
    case FRAME_CODES['data-last']: {
      const streamId = reader.varint();
      const offset = reader.varint();
      const bytes = reader.sized(reader.remaining);
      if (offset + bytes.length > Number.MAX_SAFE_INTEGER) return null;
      return { type: 'data', streamId, offset, bytes, last: code === FRAME_CODES['data-last'] };
    }
    case FRAME_CODES.ping:
      return { type: 'ping' };
    case FRAME_CODES.ack: {
      const pathId = reader.u8();
      const delayMs = reader.varint() / 8;
      const ranges = decodeRanges(reader);
      return ranges && { type: 'ack', pathId, delayMs, ranges };
    }
    case FRAME_CODES.repair: {
      const pathId = reader.u8();
      const ranges = decodeRanges(reader);
      return ranges && { type: 'repair', pathId, ranges };
    }
    case FRAME_CODES.recovered: {
      const pathId = reader.u8();
      const ranges = decodeRanges(reader);
      return ranges && { type: 'recovered', pathId, ranges };
    }
    case FRAME_CODES.guarded:
      return { type: 'guarded' };
    case FRAME_CODES.parity: {
      const pathId = reader.u8();
      const row = reader.u8();
      const ranges = decodeRanges(reader);
      return ranges && { type: 'parity', pathId, row, ranges, bytes: reader.sized(reader.remaining) };
    }
    case FRAME_CODES.open: {
      const streamId = reader.varint();
      const target = decodeTarget(reader);
      const firstData = reader.sized(reader.remaining);
      return target && { type: 'open', streamId, target, firstData };
    }
    case FRAME_CODES.opened: {
      const streamId = reader.varint();
      const bound = decodeTarget(reader);
      const connectMs = reader.varint();
      const destination = decodeDestination(reader);
      if (bound === null || destination === undefined) return null;
      return { type: 'opened', streamId, bound, connectMs, destination };
    }
    case FRAME_CODES.refused: {
      const streamId = reader.varint();
      const code = reader.u8();
      // Reasons that a later version has are reasons all the same.
      return code === 0 ? null : { type: 'refused', streamId, reason: REFUSAL_CODES[code - 1] ?? 'failed' };
    }
    case FRAME_CODES.reset: {
      const streamId = reader.varint();
      const reason = RESET_CODES[reader.u8() - 1];
      return reason === undefined ? null : { type: 'reset', streamId, reason, finalOffset: reader.varint() };
    }
    case FRAME_CODES.stop: {
      const streamId = reader.varint();
      const reason = RESET_CODES[reader.u8() - 1];
      return reason === undefined ? null : { type: 'stop', streamId, reason };
    }
    case FRAME_CODES['max-data']:
      return { type: 'max-data', bytes: reader.varint() };
    case FRAME_CODES['max-stream-data']:
      return { type: 'max-stream-data', streamId: reader.varint(), bytes: reader.varint() };
    case FRAME_CODES['max-streams']:
      return { type: 'max-streams', count: reader.varint() };
    case FRAME_CODES.blocked: {
      const value = reader.varint();
      return { type: 'blocked', streamId: value === 0 ? null : value - 1 };
    }
    case FRAME_CODES.challenge:
      return { type: 'challenge', token: reader.raw(8) };
    case FRAME_CODES.response:
      return { type: 'response', token: reader.raw(8) };
    case FRAME_CODES.unreachable:
      return { type: 'unreachable', tag: reader.raw(16) };
    case FRAME_CODES.observed: {
      const address = readNodeAddress(reader);
      return address?.source === 'observed' ? { type: 'observed', address } : null;
    }
    case FRAME_CODES.hello:
      return { type: 'hello', bytes: reader.sized(MAX_HELLO_BYTES) };
    case FRAME_CODES.records:
      return { type: 'records', bytes: reader.sized(MAX_GOSSIP_FRAME_BYTES) };
    case FRAME_CODES.digest:
      return { type: 'digest', bytes: reader.sized(MAX_GOSSIP_FRAME_BYTES) };
    case FRAME_CODES.want:
      return { type: 'want', bytes: reader.sized(MAX_GOSSIP_FRAME_BYTES) };
    case FRAME_CODES.lost:
      return { type: 'lost', bytes: reader.sized(MAX_LOST_BYTES) };
    case FRAME_CODES.table:
      return { type: 'table', bytes: reader.raw(TABLE_BYTES) };
    case FRAME_CODES.goodbye: {
      const reason = GOODBYE_CODES[reader.u8() - 1];
      return reason === undefined ? null : { type: 'goodbye', reason, backInS: reader.varint() };
    }
    case FRAME_CODES.time: {
      const kind = reader.u8();
      const sentMs = reader.varint() / 8;
      if (kind > 1) return null;
      if (kind === 0) return { type: 'time', sentMs, answer: null };
      const [askedMs, heldMs] = [reader.varint() / 8, reader.varint() / 8];
      return { type: 'time', sentMs, answer: { askedMs, heldMs, relay1Tick: reader.u8(), relay2Tick: reader.u8() } };
    }
    case FRAME_CODES.witness:
      return { type: 'witness', bytes: reader.raw(69) };
    case FRAME_CODES.oob: {
      const topic = Buffer.from(reader.sized(MAX_TOPIC_BYTES)).toString('latin1');
      const bytes = reader.sized(MAX_OOB_BYTES);
      return TOPIC.test(topic) ? { type: 'oob', topic, bytes } : null;
    }
    case FRAME_CODES.punch:
      return decodePunch(reader);
    case FRAME_CODES.piece: {
      const number = reader.varint();
      const index = reader.u8();
      const count = reader.u8();
      const bytes = reader.sized(MAX_PIECE_BYTES);
      return index >= count || count > MAX_PIECES ? null : { type: 'piece', number, index, count, bytes };
    }
    default:
      return null;
  }
}

function decodePunch(reader: ByteReader): Frame | null {
  const step = PUNCH_STEPS[reader.u8() - 1];
  const node = parseNodeId(reader.u8());
  if (step === undefined || node === null) return null;
  if (step === 'ask') return { type: 'punch', step, node };
  const token = reader.raw(8);
  const address = readNodeAddress(reader);
  return address?.source === (step === 'local' ? 'local' : 'observed')
    ? { type: 'punch', step, node, token, address }
    : null;
}

function decodeTarget(reader: ByteReader): Target | null {
  const host = decodeHost(reader);
  return host && { host, port: reader.u16() };
}

function decodeHost(reader: ByteReader): Host | null {
  switch (reader.u8()) {
    case 1: {
      const bytes = reader.sized(255);
      if (bytes.length === 0) return null;
      try {
        return { type: 'name', name: utf8.decode(bytes) };
      } catch {
        return null; // not UTF-8
      }
    }
    // Hosts outlive the payload, so their bytes are copied.
    case 4:
      return { type: 'ip', bytes: new Uint8Array(reader.raw(4)) };
    case 6:
      return { type: 'ip', bytes: new Uint8Array(reader.raw(16)) };
    default:
      return null;
  }
}

/** Undefined where it is malformed. */
function decodeDestination(reader: ByteReader): Destination | null | undefined {
  const kind = reader.u8();
  if (kind === 0) return null;
  if (kind !== 4 && kind !== 6) return undefined;
  const address = new Uint8Array(reader.raw(kind === 4 ? 4 : 16));
  const letters = reader.u16();
  const country = letters === 0 ? null : String.fromCharCode(letters >> 8, letters & 255);
  if (country !== null && !/^[A-Z]{2}$/.test(country)) return undefined;
  const position = readPosition(reader);
  return position === undefined ? undefined : { address, country, position };
}

function decodeRanges(reader: ByteReader): PacketRange[] | null {
  const highest = reader.varint();
  const further = reader.varint();
  if (further >= MAX_RANGES) return null;
  let last = highest;
  let first = last - reader.varint();
  const ranges: PacketRange[] = [{ first, last }];
  for (let i = 0; i < further; i++) {
    last = first - reader.varint() - 2;
    first = last - reader.varint();
    ranges.push({ first, last });
  }
  return first < 0 || reader.failed ? null : ranges;
}
