import { ByteWriter } from '../wire/byte-writer.ts';
import { dataHeaderBytes, encodeFrame } from './encode-frame.ts';
import { FRAME_CODES, type Frame } from './frame.ts';
import { frameFits } from './frame-fits.ts';
import type { SentFrame } from './sent-frame.ts';
import type { NextData } from './sending-half.ts';
import type { Stream } from './stream.ts';

/** More than any way over relays carries. */
const MAX_COPY_BYTES = 9_000;
const NO_BYTES = new Uint8Array(0);

/**
 * Writes once more, for another path, what a packet said about streams: their bytes, OPEN, OPENED and their ends. A packet
 * that is longer than the other path carries becomes several.
 */
export class CopyWriter {
  readonly #writer = new ByteWriter(new Uint8Array(MAX_COPY_BYTES));
  #frames: readonly SentFrame[] = [];
  #index = 0;
  #fromByte = 0;
  #written: SentFrame[] = [];

  /** Begins with a packet, of which {@link next} gives the copies. */
  begin(frames: readonly SentFrame[]): void {
    this.#frames = frames;
    this.#index = 0;
    this.#fromByte = 0;
  }

  /** A payload of at most `maxBytes`, valid until the next call; empty where nothing is left. */
  next(maxBytes: number): Uint8Array {
    const writer = this.#writer;
    const limit = Math.min(maxBytes, MAX_COPY_BYTES);
    writer.offset = 0;
    this.#written = [];
    for (; this.#index < this.#frames.length; this.#index++) {
      const frame = this.#frames[this.#index]!;
      if (!this.#write(frame, limit - writer.offset)) break;
      this.#fromByte = 0;
    }
    return writer.offset === 0 ? NO_BYTES : writer.written();
  }

  /** The frames of the payload just written. */
  takeFrames(): readonly SentFrame[] {
    return this.#written;
  }

  /** False where a part of the frame is left for the next packet. */
  #write(frame: SentFrame, room: number): boolean {
    switch (frame.type) {
      case 'data':
        return this.#writeData(frame.stream, frame.data, room);
      case 'open':
        return this.#writeWhole(frame.stream.openFrame, frame, room);
      case 'control':
        return frame.stream === null || this.#writeWhole(frame.frame, frame, room);
      case 'copy':
      case 'max-data':
      case 'max-streams':
      case 'max-stream-data':
      case 'ack':
      case 'repair':
      case 'ping':
      case 'once':
        return true;
    }
  }

  /** One that does not even fit an empty packet is left out. */
  #writeWhole(frame: Frame, sent: SentFrame, room: number): boolean {
    if (!frameFits(frame, room)) return this.#writer.offset === 0;
    encodeFrame(this.#writer, frame);
    this.#written.push({ type: 'copy', frame: sent });
    return true;
  }

  #writeData(stream: Stream, data: NextData, room: number): boolean {
    const offset = data.offset + this.#fromByte;
    const left = data.bytes - this.#fromByte;
    if (!stream.sending.isKept(offset, left)) return true; // it arrived, or nobody waits for it any more
    const bytes = Math.min(left, room - dataHeaderBytes(stream.id, offset, room));
    if (bytes < 0 || (bytes === 0 && left > 0)) return false;
    const isLast = data.last && bytes === left;
    const writer = this.#writer;
    writer
      .u8(isLast ? FRAME_CODES['data-last'] : FRAME_CODES.data)
      .varint(stream.id)
      .varint(offset)
      .varint(bytes);
    if (bytes > 0) stream.sending.copyInto(writer.bytes, writer.offset, offset, bytes);
    writer.offset += bytes;
    this.#written.push({ type: 'copy', frame: { type: 'data', stream, data: { offset, bytes, last: isLast } } });
    this.#fromByte += bytes;
    return bytes === left;
  }
}
