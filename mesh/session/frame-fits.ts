import { hostBytes, MAX_DESTINATION_BYTES } from './encode-frame.ts';
import type { Frame } from './frame.ts';

/** No frame about a stream is longer, in bytes, but those that name a host. */
export const MAX_SHORT_FRAME_BYTES = 32;

/** True where the frame surely fits into so many bytes. Short ones are not measured. */
export function frameFits(frame: Frame, room: number): boolean {
  switch (frame.type) {
    case 'hello':
    case 'records':
    case 'digest':
    case 'want':
    case 'lost':
      return room >= frame.bytes.length + 5;
    case 'witness':
      return room >= frame.bytes.length + 1;
    case 'piece':
      return room >= 1 + 8 + 1 + 1 + 2 + frame.bytes.length;
    case 'oob':
      return room >= 1 + 1 + frame.topic.length + 2 + frame.bytes.length;
    case 'open':
      return room >= 1 + 8 + hostBytes(frame.target.host) + 2 + 4 + frame.firstData.length;
    case 'opened':
      return room >= 1 + 8 + hostBytes(frame.bound.host) + 2 + 8 + MAX_DESTINATION_BYTES;
    default:
      return room >= MAX_SHORT_FRAME_BYTES;
  }
}
