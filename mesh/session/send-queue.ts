import type { Frame } from './frame.ts';
import { cutFrame } from './frame-pieces.ts';
import type { Stream } from './stream.ts';

/** Most frames of gossip that wait for their acknowledgement. */
const MAX_MESH_FRAMES = 512;
/** So many wait at most where one of the members' own messages is added, so that those do not crowd gossip out. */
const MAX_MESH_FRAMES_BEFORE_OOB = 128;
/** Most frames that are sent once and wait for their turn. */
const MAX_ONCE = 64;
/** Streams that have sent less than this go before all others, in bytes: a page's first bytes beat a download. */
const FRESH_STREAM_BYTES = 16_384;
/** And so do ones that had nothing to send, for this many bytes (RFC 8290 section 4.1): keystrokes beat a download. */
const SPARSE_STREAM_BYTES = 4_096;

/** A frame that is sent again until it is acknowledged, and the stream it belongs to. */
export interface ControlEntry {
  readonly frame: Frame;
  readonly stream: Stream | null;
}

/** What a session wants to send, in the order of PROTOCOL section 4: control, new streams, fair among the rest, repairs first in each. */
export class SendQueue {
  readonly control: ControlEntry[] = [];
  /** Frames that are sent once and not repaired. */
  readonly once: Frame[] = [];
  readonly pings: number[] = [];
  readonly opens: Stream[] = [];
  readonly streamCredits = new Set<Stream>();
  /** Streams that only the peer's credit for them keeps from sending. */
  readonly blocked = new Set<Stream>();
  sessionCreditDue = false;
  /** Queued or under way. */
  readonly #meshFrames = new Set<Frame>();
  #framesCut = 0;
  streamCountDue = false;
  readonly #freshRepairs = new Set<Stream>();
  readonly #fresh = new Set<Stream>();
  /** Of the rest: where a link gets slow, what it lost of a download takes seconds, for which no other stream should wait. */
  readonly #repairs = new Set<Stream>();
  readonly #rest = new Set<Stream>();
  /** Up to which offset streams that were quiet go first again. */
  readonly #freshUntil = new Map<Stream, number>();

  /**
   * Queues gossip; beyond a limit it is dropped, and this is false. Twice what a mesh of 254 nodes has to say at once is a peer that asks again
   * and again for the sake of what it costs.
   */
  addMeshFrame(frame: Frame): boolean {
    const most = frame.type === 'oob' ? MAX_MESH_FRAMES_BEFORE_OOB : MAX_MESH_FRAMES;
    if (this.#meshFrames.size >= most) return false;
    this.#meshFrames.add(frame);
    this.control.push({ frame, stream: null });
    return true;
  }

  /** Queues a frame that is sent once; beyond a limit, which a link that takes nothing reaches, it is dropped. */
  addOnce(frame: Frame): void {
    if (this.once.length < MAX_ONCE) this.once.push(frame);
  }

  /** Queues a PING, unless one with this token is waiting. */
  addPing(token: number): void {
    if (!this.pings.includes(token)) this.pings.push(token);
  }

  /** It arrived, perhaps not for the first time. */
  meshFrameDelivered(frame: Frame): void {
    this.#meshFrames.delete(frame);
  }

  /** Puts pieces in the place of a frame of gossip that no packet can hold. False where it can't be cut. */
  cutMeshFrame(index: number): boolean {
    const { frame } = this.control[index]!;
    const pieces = cutFrame(frame, this.#framesCut);
    if (pieces.length === 0) return false;
    this.#framesCut++;
    this.#meshFrames.delete(frame);
    for (const piece of pieces) this.#meshFrames.add(piece);
    this.control.splice(index, 1, ...pieces.map((piece) => ({ frame: piece, stream: null })));
    return true;
  }

  /** True until it has arrived. */
  isMeshFrameWanted(frame: Frame): boolean {
    return this.#meshFrames.has(frame);
  }

  /** True where something other than stream bytes is waiting. */
  get hasControl(): boolean {
    return (
      this.control.length > 0 ||
      this.once.length > 0 ||
      this.pings.length > 0 ||
      this.streamCredits.size > 0 ||
      this.sessionCreditDue ||
      this.streamCountDue
    );
  }

  get hasData(): boolean {
    return this.opens.length > 0 || this.waitingStreams > 0;
  }

  /** True where streams have bytes that were never sent, as far as their own credit goes. */
  get hasUnsent(): boolean {
    return this.#fresh.size > 0 || this.#rest.size > 0;
  }

  /** Streams with something to send. */
  get waitingStreams(): number {
    return this.#freshRepairs.size + this.#fresh.size + this.#repairs.size + this.#rest.size;
  }

  /** Puts the stream where it belongs now, at the end of that line. */
  update(stream: Stream): void {
    const line = this.#lineOf(stream);
    // Alone in its line, as in each packet of a download: taking it out and putting it back would be half the cost of one.
    if (line?.size === 1 && line.has(stream)) return;
    this.#freshRepairs.delete(stream);
    this.#fresh.delete(stream);
    this.#repairs.delete(stream);
    this.#rest.delete(stream);
    this.blocked.delete(stream);
    line?.add(stream);
  }

  /** Adds a stream that has got something to send, keeping its place where it has one. */
  wake(stream: Stream): void {
    const wasQuiet = !this.#lines.some((line) => line.has(stream));
    // A download that was all under way is none of them: what is lost of it may be much.
    if (wasQuiet && !stream.sending.hasLost)
      this.#freshUntil.set(stream, stream.sending.nextOffset + SPARSE_STREAM_BYTES);
    if (this.#lineOf(stream)?.has(stream) !== true) this.update(stream);
  }

  /** The stream whose turn it is, or null. Without session credit only those that send nothing new. */
  nextStream(hasSessionCredit: boolean): Stream | null {
    return (
      this.#nextRepairOf(this.#freshRepairs) ??
      this.#nextOf(this.#fresh, hasSessionCredit) ??
      this.#nextRepairOf(this.#repairs) ??
      this.#nextOf(this.#rest, hasSessionCredit)
    );
  }

  /** The next of the streams that are neither new nor quiet most of the time, and have nothing to repair; or null. */
  nextBulk(hasSessionCredit: boolean): Stream | null {
    return hasSessionCredit ? this.#nextOf(this.#rest, true) : null;
  }

  remove(stream: Stream): void {
    this.#freshRepairs.delete(stream);
    this.#fresh.delete(stream);
    this.#repairs.delete(stream);
    this.#rest.delete(stream);
    this.blocked.delete(stream);
    this.streamCredits.delete(stream);
    this.#freshUntil.delete(stream);
    const index = this.opens.indexOf(stream);
    if (index >= 0) this.opens.splice(index, 1);
  }

  get #lines(): readonly Set<Stream>[] {
    return [this.#freshRepairs, this.#fresh, this.#repairs, this.#rest, this.blocked];
  }

  #nextRepairOf(line: Set<Stream>): Stream | null {
    for (const stream of line) {
      if (stream.sending.hasLost) return stream;
      this.update(stream); // an acknowledgement came after all
    }
    return null;
  }

  #nextOf(line: Set<Stream>, hasSessionCredit: boolean): Stream | null {
    for (const stream of line) {
      if (!stream.sending.hasWork) line.delete(stream);
      else if (hasSessionCredit || stream.sending.unsentBytes === 0) return stream;
    }
    return null;
  }

  #lineOf(stream: Stream): Set<Stream> | null {
    const { sending } = stream;
    if (!sending.hasLost && !sending.hasWork) return sending.isBlocked ? this.blocked : null;
    const isFresh = sending.nextOffset < Math.max(FRESH_STREAM_BYTES, this.#freshUntil.get(stream) ?? 0);
    if (sending.hasLost) return isFresh ? this.#freshRepairs : this.#repairs;
    return isFresh ? this.#fresh : this.#rest;
  }
}
