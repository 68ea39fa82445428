import { writeNodeAddress } from '../gossip/node-address.ts';
import { type ByteWriter, varintBytes } from '../wire/byte-writer.ts';
import { MAX_POSITION_BYTES, writePosition } from '../wire/position-bytes.ts';
import {
  FRAME_CODES,
  type Frame,
  GOODBYE_CODES,
  MAX_RANGES,
  type PacketRange,
  PUNCH_STEPS,
  REFUSAL_CODES,
  RESET_CODES,
} from './frame.ts';
import type { Destination, Host, Target } from './target.ts';

const utf8 = new TextEncoder();

/** Writes one frame. The caller made sure that it fits: a writer that is too short throws a RangeError. */
export function encodeFrame(writer: ByteWriter, frame: Frame): void {
  switch (frame.type) {
    case 'ping':
      writer.u8(FRAME_CODES.ping);
      return;
    case 'ack':
      writer
        .u8(FRAME_CODES.ack)
        .u8(frame.pathId)
        .varint(Math.max(0, Math.round(frame.delayMs * 8)));
      encodeRanges(writer, frame.ranges);
      return;
    case 'repair':
    case 'recovered':
      writer.u8(FRAME_CODES[frame.type]).u8(frame.pathId);
      encodeRanges(writer, frame.ranges);
      return;
    case 'guarded':
      writer.u8(FRAME_CODES.guarded);
      return;
    case 'parity':
      writer.u8(FRAME_CODES.parity).u8(frame.pathId).u8(frame.row);
      encodeRanges(writer, frame.ranges);
      writer.sized(frame.bytes);
      return;
    case 'open':
      writer.u8(FRAME_CODES.open).varint(frame.streamId);
      encodeTarget(writer, frame.target);
      writer.sized(frame.firstData);
      return;
    case 'opened':
      writer.u8(FRAME_CODES.opened).varint(frame.streamId);
      encodeTarget(writer, frame.bound);
      writer.varint(Math.max(0, Math.round(frame.connectMs)));
      encodeDestination(writer, frame.destination);
      return;
    case 'refused':
      writer
        .u8(FRAME_CODES.refused)
        .varint(frame.streamId)
        .u8(REFUSAL_CODES.indexOf(frame.reason) + 1);
      return;
    case 'reset':
      writer
        .u8(FRAME_CODES.reset)
        .varint(frame.streamId)
        .u8(RESET_CODES.indexOf(frame.reason) + 1)
        .varint(frame.finalOffset);
      return;
    case 'stop':
      writer
        .u8(FRAME_CODES.stop)
        .varint(frame.streamId)
        .u8(RESET_CODES.indexOf(frame.reason) + 1);
      return;
    case 'max-data':
      writer.u8(FRAME_CODES['max-data']).varint(frame.bytes);
      return;
    case 'max-stream-data':
      writer.u8(FRAME_CODES['max-stream-data']).varint(frame.streamId).varint(frame.bytes);
      return;
    case 'max-streams':
      writer.u8(FRAME_CODES['max-streams']).varint(frame.count);
      return;
    case 'blocked':
      writer.u8(FRAME_CODES.blocked).varint(frame.streamId === null ? 0 : frame.streamId + 1);
      return;
    case 'challenge':
    case 'response':
      writer.u8(FRAME_CODES[frame.type]).raw(frame.token);
      return;
    case 'unreachable':
      writer.u8(FRAME_CODES.unreachable).raw(frame.tag);
      return;
    case 'observed':
      writer.u8(FRAME_CODES.observed);
      writeNodeAddress(writer, frame.address);
      return;
    case 'hello':
    case 'records':
    case 'digest':
    case 'want':
    case 'lost':
      writer.u8(FRAME_CODES[frame.type]).sized(frame.bytes);
      return;
    case 'oob':
      writer.u8(FRAME_CODES.oob).sized(utf8.encode(frame.topic)).sized(frame.bytes);
      return;
    case 'punch':
      writer
        .u8(FRAME_CODES.punch)
        .u8(PUNCH_STEPS.indexOf(frame.step) + 1)
        .u8(frame.node);
      if (frame.step === 'ask') return;
      writer.raw(frame.token);
      writeNodeAddress(writer, frame.address);
      return;
    case 'piece':
      writer.u8(FRAME_CODES.piece).varint(frame.number).u8(frame.index).u8(frame.count).sized(frame.bytes);
      return;
    case 'time': {
      const { sentMs, answer } = frame;
      writer
        .u8(FRAME_CODES.time)
        .u8(answer === null ? 0 : 1)
        .varint(eighths(sentMs));
      if (answer === null) return;
      writer.varint(eighths(answer.askedMs)).varint(eighths(answer.heldMs)).u8(answer.relay1Tick).u8(answer.relay2Tick);
      return;
    }
    case 'goodbye':
      writer
        .u8(FRAME_CODES.goodbye)
        .u8(GOODBYE_CODES.indexOf(frame.reason) + 1)
        .varint(frame.backInS);
      return;
    case 'table':
    case 'witness':
      writer.u8(FRAME_CODES[frame.type]).raw(frame.bytes);
      return;
    case 'data':
      writer
        .u8(frame.last ? FRAME_CODES['data-last'] : FRAME_CODES.data)
        .varint(frame.streamId)
        .varint(frame.offset)
        .sized(frame.bytes);
      return;
  }
}

function eighths(ms: number): number {
  return Math.max(0, Math.round(ms * 8));
}

/** The most bytes that a DATA frame's type, stream, offset and length take. */
export function dataHeaderBytes(streamId: number, offset: number, dataBytes: number): number {
  return 1 + varintBytes(streamId) + varintBytes(offset) + varintBytes(dataBytes);
}

/** How many bytes a host takes in OPEN and OPENED, with its kind. */
export function hostBytes(host: Host): number {
  if (host.type === 'ip') return 1 + host.bytes.length;
  const length = utf8.encode(host.name).length;
  return 1 + varintBytes(length) + length;
}

function encodeTarget(writer: ByteWriter, target: Target): void {
  if (target.host.type === 'name') writer.u8(1).sized(utf8.encode(target.host.name));
  else writer.u8(target.host.bytes.length === 4 ? 4 : 6).raw(target.host.bytes);
  writer.u16(target.port);
}

/** The most that a destination takes in OPENED: kind, address, country, position. */
export const MAX_DESTINATION_BYTES = 1 + 16 + 2 + MAX_POSITION_BYTES;

function encodeDestination(writer: ByteWriter, destination: Destination | null): void {
  if (destination === null) {
    writer.u8(0);
    return;
  }
  const { address, country, position } = destination;
  writer.u8(address.length === 4 ? 4 : 6).raw(address);
  writer.raw(country === null ? new Uint8Array(2) : utf8.encode(country));
  writePosition(writer, position);
}

/** Ranges come highest first, do not touch, and there is at least one. */
function encodeRanges(writer: ByteWriter, ranges: readonly PacketRange[]): void {
  const count = Math.min(ranges.length, MAX_RANGES);
  const highest = ranges[0]!;
  writer
    .varint(highest.last)
    .varint(count - 1)
    .varint(highest.last - highest.first);
  let lowest = highest.first;
  for (let i = 1; i < count; i++) {
    const range = ranges[i]!;
    writer.varint(lowest - range.last - 2).varint(range.last - range.first);
    lowest = range.first;
  }
}
