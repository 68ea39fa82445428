import { ByteWriter } from '../wire/byte-writer.ts';
import { dataHeaderBytes, encodeFrame } from './encode-frame.ts';
import { FRAME_CODES, type Frame, isEliciting } from './frame.ts';
import { frameFits, MAX_SHORT_FRAME_BYTES } from './frame-fits.ts';
import type { SentFrame } from './sent-frame.ts';
import type { SessionPath } from './session-path.ts';
import type { SessionStreams } from './session-streams.ts';
import type { Stream } from './stream.ts';
import { MAX_ACK_BYTES, writeAck } from './write-ack.ts';

/** The longest payload of all: a whole message on a reliable link. */
const MAX_PAYLOAD_BYTES = 65_535;
/** Room that a frame of stream bytes should have at least, so that a packet's last bytes are not spent on headers. */
const MIN_DATA_ROOM_BYTES = 32;
const NO_BYTES = new Uint8Array(0);

/** Fills one payload at a time, in the order of the queue. The buffer is reused from packet to packet. */
export class PacketWriter {
  readonly #writer = new ByteWriter(new Uint8Array(MAX_PAYLOAD_BYTES));
  #writtenFrames: SentFrame[] = [];
  #limit = 0;
  #isAckEliciting = false;
  #hasUserData = false;
  #hasRepairs = false;

  /** Whether the packet just written says anything about streams but credit. */
  get hasUserData(): boolean {
    return this.#hasUserData;
  }

  /** Whether it has stream bytes that were sent before. */
  get hasRepairs(): boolean {
    return this.#hasRepairs;
  }

  /** The frames of the packet just written, or null where it elicits no acknowledgement. */
  takeFrames(): readonly SentFrame[] | null {
    const frames = this.#writtenFrames;
    this.#writtenFrames = [];
    return this.#isAckEliciting ? frames : null;
  }

  /**
   * Fills a payload of at most `maxBytes` with what the streams and the receiving sides of all paths have to say.
   * Returns a view that is valid until the next call, empty where there is nothing. `withData`: stream bytes may go now.
   * `isGuarded`: parity will name the packet.
   */
  write(
    streams: SessionStreams,
    paths: ReadonlyMap<number, SessionPath>,
    maxBytes: number,
    withData: boolean,
    nowMs: number,
    isGuarded = false,
  ): Uint8Array {
    this.#begin(maxBytes);
    if (isGuarded) this.#writer.u8(FRAME_CODES.guarded);
    const emptyBytes = this.#writer.offset;
    let hasMore = withData || streams.queue.hasControl;
    // Only an ACK beside something that is acknowledged itself is known to have arrived, and its ranges are dropped.
    for (const { received } of paths.values()) hasMore ||= received.missing.wakeAtMs <= nowMs;
    for (const path of paths.values()) if (!path.acksItself) this.#writeAck(path, hasMore, nowMs);
    for (const path of paths.values()) this.#writeRepair(path, nowMs);
    this.#writeControl(streams);
    if (withData) {
      this.#writeOpens(streams);
      this.#writeStreams(streams);
    }
    return this.#writer.offset === emptyBytes ? NO_BYTES : this.#writer.written();
  }

  /** Fills a payload with new bytes of one stream, or where that is null with whatever the streams have to send. */
  writeData(streams: SessionStreams, maxBytes: number, stream: Stream | null): Uint8Array {
    this.#begin(maxBytes);
    if (stream === null) {
      this.#writeOpens(streams);
      this.#writeStreams(streams);
    } else {
      this.#writeData(stream, streams);
      streams.queue.update(stream);
    }
    return this.#writer.offset === 0 ? NO_BYTES : this.#writer.written();
  }

  #begin(maxBytes: number): void {
    this.#writer.offset = 0;
    this.#limit = Math.min(maxBytes, MAX_PAYLOAD_BYTES);
    this.#isAckEliciting = false;
    this.#hasUserData = false;
    this.#hasRepairs = false;
    this.#writtenFrames.length = 0;
  }

  get #room(): number {
    return this.#limit - this.#writer.offset;
  }

  #writeAck(path: SessionPath, hasMore: boolean, nowMs: number): void {
    const { received } = path;
    if (!received.isAckDue(nowMs) && !(hasMore && received.hasNews)) return;
    if (this.#room < MAX_ACK_BYTES) return;
    this.#writtenFrames.push(writeAck(this.#writer, path, this.#room, nowMs));
  }

  #writeRepair(path: SessionPath, nowMs: number): void {
    if (this.#room < MAX_ACK_BYTES || path.received.missing.wakeAtMs > nowMs) return;
    const ranges = path.received.missing.takeDue(nowMs);
    if (ranges === null) return;
    this.#add({ type: 'repair', pathId: path.id, ranges }, { type: 'repair', pathId: path.id, ranges });
  }

  #writeControl({ queue, set, credit }: SessionStreams): void {
    if (queue.sessionCreditDue && this.#room >= 9) {
      queue.sessionCreditDue = false;
      this.#add({ type: 'max-data', bytes: credit.grantedBytes }, { type: 'max-data' });
    }
    if (queue.streamCountDue && this.#room >= 9) {
      queue.streamCountDue = false;
      this.#add({ type: 'max-streams', count: set.peerLimit }, { type: 'max-streams' });
    }
    for (const stream of queue.streamCredits) {
      if (this.#room < 17) return;
      queue.streamCredits.delete(stream);
      const bytes = stream.grantedOffset;
      this.#add({ type: 'max-stream-data', streamId: stream.id, bytes }, { type: 'max-stream-data', stream });
    }
    for (let index = 0; index < queue.once.length;) {
      const frame = queue.once[index]!;
      if (frameFits(frame, this.#room)) {
        queue.once.splice(index, 1);
        this.#add(frame, { type: 'once' });
      } else index++;
    }
    while (queue.pings.length > 0 && this.#room >= 1) {
      this.#add({ type: 'ping' }, { type: 'ping', token: queue.pings.shift()! });
    }
    for (let index = 0; index < queue.control.length && this.#room >= MAX_SHORT_FRAME_BYTES;) {
      const { frame, stream } = queue.control[index]!;
      if (frameFits(frame, this.#room)) {
        queue.control.splice(index, 1);
        this.#add(frame, { type: 'control', frame, stream });
        this.#hasUserData ||= stream !== null;
        continue;
      }
      const isCut = stream === null && !frameFits(frame, this.#limit) && queue.cutMeshFrame(index);
      if (!isCut) index++; // one that is too long for this packet, or this link, holds nothing else up
    }
  }

  #writeOpens(streams: SessionStreams): void {
    const { opens } = streams.queue;
    while (opens.length > 0) {
      const stream = opens[0]!;
      const frame = stream.openFrame;
      if (!frameFits(frame, this.#room)) return;
      opens.shift();
      this.#add(frame, { type: 'open', stream });
      this.#hasUserData = true;
    }
  }

  #writeStreams(streams: SessionStreams): void {
    while (this.#room >= MIN_DATA_ROOM_BYTES) {
      const stream = streams.queue.nextStream(streams.sendableBytes > 0);
      if (stream === null) return;
      this.#writeData(stream, streams);
      streams.queue.update(stream);
    }
  }

  #writeData(stream: Stream, streams: SessionStreams): void {
    const { sending } = stream;
    const room = this.#room - dataHeaderBytes(stream.id, sending.firstOffset, this.#room);
    const data = sending.next(room, streams.sendableBytes);
    if (data === null) return;
    const { offset, bytes, last } = data;
    const writer = this.#writer;
    writer
      .u8(last ? FRAME_CODES['data-last'] : FRAME_CODES.data)
      .varint(stream.id)
      .varint(offset)
      .varint(bytes);
    if (bytes > 0) sending.copyInto(writer.bytes, writer.offset, offset, bytes);
    writer.offset += bytes;
    this.#hasUserData = true;
    this.#hasRepairs ||= offset < sending.nextOffset;
    streams.sendableBytes -= Math.max(0, offset + bytes - sending.nextOffset);
    stream.dataSent(data);
    this.#writtenFrames.push({ type: 'data', stream, data });
    this.#isAckEliciting = true;
  }

  #add(frame: Frame, sent: SentFrame): void {
    encodeFrame(this.#writer, frame);
    this.#writtenFrames.push(sent);
    if (isEliciting(frame)) this.#isAckEliciting = true;
  }
}
