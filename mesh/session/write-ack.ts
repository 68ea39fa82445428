import type { ByteWriter } from '../wire/byte-writer.ts';
import { encodeFrame } from './encode-frame.ts';
import type { SentFrame } from './sent-frame.ts';
import type { SessionPath } from './session-path.ts';

/** Room for an ACK or REPAIR of 32 ranges at its longest, in bytes. */
export const MAX_ACK_BYTES = 1 + 1 + 4 + 8 + 1 + 32 * 8;

/** Writes what is to be acknowledged on a path, which counts as said, and what parity restored where there is room for that. */
export function writeAck(writer: ByteWriter, path: SessionPath, room: number, nowMs: number): SentFrame {
  const pathId = path.id;
  const endsAt = writer.offset + room;
  const { ranges, delayMs } = path.received.takeAck(nowMs);
  encodeFrame(writer, { type: 'ack', pathId, delayMs, ranges });
  const recovered = endsAt - writer.offset < MAX_ACK_BYTES ? null : path.parityReader.takeReport();
  if (recovered !== null) encodeFrame(writer, { type: 'recovered', pathId, ranges: recovered });
  return { type: 'ack', pathId, ranges };
}
