import { ByteWriter } from '../wire/byte-writer.ts';
import { decodeFrames } from './decode-frames.ts';
import { encodeFrame } from './encode-frame.ts';
import { type Frame, MAX_PIECE_BYTES, MAX_PIECES, MAX_TOPIC_BYTES } from './frame.ts';
import type { MeshFrame } from './session-event.ts';

/** Frames that are kept while some of their pieces are under way: half a megabyte at most. */
const MAX_UNFINISHED = 256;
/** What stands before the content of a frame that is cut, in bytes. */
const MAX_HEADER_BYTES = 5 + 1 + MAX_TOPIC_BYTES;

type Piece = Extract<Frame, { readonly type: 'piece' }>;

/** Cuts a frame of gossip into pieces that fit the shortest messages (PROTOCOL section 4). None where that can't be done. */
export function cutFrame(frame: Frame, number: number): readonly Piece[] {
  switch (frame.type) {
    case 'records':
    case 'digest':
    case 'want':
    case 'oob':
      break;
    default:
      return [];
  }
  if (frame.bytes.length > MAX_PIECES * MAX_PIECE_BYTES - MAX_HEADER_BYTES) return [];
  const writer = new ByteWriter(new Uint8Array(MAX_PIECES * MAX_PIECE_BYTES));
  encodeFrame(writer, frame);
  const whole = writer.written();
  const count = Math.ceil(whole.length / MAX_PIECE_BYTES);
  if (count < 2) return [];
  return Array.from({ length: count }, (_, index) => {
    const bytes = whole.slice(index * MAX_PIECE_BYTES, (index + 1) * MAX_PIECE_BYTES);
    return { type: 'piece', number, index, count, bytes };
  });
}

/** Puts pieces together again, in whatever order they come. Survives anything. */
export class FramePieces {
  readonly #unfinished = new Map<number, (Uint8Array | null)[]>();

  /** Takes a piece, whose bytes are copied. Returns the frame that is complete with it, whose bytes are its own, or null. */
  receive({ number, index, count, bytes }: Piece): MeshFrame | null {
    let pieces = this.#unfinished.get(number);
    if (pieces === undefined) {
      pieces = new Array<Uint8Array | null>(count).fill(null);
      this.#unfinished.set(number, pieces);
      // What a repeated piece of a finished frame began anew is never completed, and is the oldest some day.
      if (this.#unfinished.size > MAX_UNFINISHED) this.#unfinished.delete(this.#unfinished.keys().next().value!);
    }
    if (pieces.length !== count) return null;
    pieces[index] ??= new Uint8Array(bytes);
    const whole = pieces.filter((piece) => piece !== null);
    if (whole.length < count) return null;
    this.#unfinished.delete(number);
    const [frame, ...rest] = decodeFrames(new Uint8Array(Buffer.concat(whole)), 2) ?? [];
    if (rest.length > 0) return null;
    switch (frame?.type) {
      case 'records':
      case 'digest':
      case 'want':
      case 'oob':
        return frame;
      default:
        return null;
    }
  }
}
