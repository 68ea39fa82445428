import type { NodeId } from '../../config/node-id.ts';
import type { StreamEvent } from '../mesh-stream.ts';
import type { Frame } from './frame.ts';
import { PiecePool } from './piece-pool.ts';
import { INITIAL_SESSION_CREDIT_BYTES, SessionCredit } from './receive-credit.ts';
import { SegmentBudget } from './segment-budget.ts';
import { SendQueue } from './send-queue.ts';
import { Stream, type StreamHost } from './stream.ts';
import type { ResetReason } from './stream-codes.ts';
import { StreamSet } from './stream-set.ts';
import type { Target } from './target.ts';

/** What the streams of a session need to know of it. */
export interface StreamsOptions {
  readonly peer: NodeId;
  /** True on the side with the lower node number. */
  readonly opensEvenStreams: boolean;
  readonly nowMs: number;
  /** Called when there is something to send or to hand out. */
  readonly onWork?: () => void;
}

const ignore = (): void => {};

/** A frame about one stream. */
export type StreamFrame = Exclude<Extract<Frame, { readonly streamId: number }>, { readonly type: 'blocked' }>;

/**
 * The streams of a session: takes their frames, keeps the credit, and collects what happened for their owners. What
 * a well-behaved peer would not send is ignored, or resets the stream that it is about; limits come before buffers.
 */
export class SessionStreams implements StreamHost {
  readonly peer: NodeId;
  readonly queue = new SendQueue();
  readonly credit = new SessionCredit();
  readonly segments = new SegmentBudget();
  readonly pieces = new PiecePool();
  readonly set: StreamSet;
  rttMs = 200;
  nowMs: number;
  /** When stream bytes last came that had not been here; -Infinity where none ever did. */
  newBytesAtMs = Number.NEGATIVE_INFINITY;
  /** New stream bytes that the peer's session credit still allows. */
  sendableBytes = INITIAL_SESSION_CREDIT_BYTES;
  #sendLimitBytes = INITIAL_SESSION_CREDIT_BYTES;
  /** Opened here while the peer allowed no more streams, each with the frames that wait for that. */
  readonly #waiting = new Map<Stream, Frame[]>();
  #events: { readonly stream: Stream; readonly event: StreamEvent }[] = [];
  #opened: Stream[] = [];
  #hasWork = false;
  readonly #onWork: () => void;

  constructor({ peer, opensEvenStreams, nowMs, onWork }: StreamsOptions) {
    this.peer = peer;
    this.set = new StreamSet(opensEvenStreams);
    this.nowMs = nowMs;
    this.#onWork = onWork ?? ignore;
  }

  /** True where there may be something new to send or to hand out. */
  get hasWork(): boolean {
    return this.#hasWork || this.#opened.length > 0 || this.#events.length > 0;
  }

  /** The sender looked at the queue. */
  workSeen(): void {
    this.#hasWork = false;
  }

  open(target: Target): Stream {
    const stream = new Stream(this, this.set.takeOwnId(), target, true);
    this.set.add(stream);
    this.#waiting.set(stream, []);
    this.#openWaiting();
    return stream;
  }

  receive(frame: StreamFrame): void {
    const isAnswer = frame.type === 'opened' || frame.type === 'refused';
    const stream = isAnswer ? this.set.get(frame.streamId) : this.#find(frame.streamId);
    if (stream === undefined) return; // ended, or never allowed
    this.#work();
    switch (frame.type) {
      case 'data':
        this.#receiveData(stream, frame.offset, frame.bytes, frame.last);
        return;
      case 'open':
        if (stream.receiveOpen(frame.target)) this.#opened.push(stream);
        if (frame.firstData.length > 0) this.#receiveData(stream, 0, frame.firstData, false);
        return;
      case 'opened':
        stream.receiveOpened(frame.bound, frame.connectMs, frame.destination);
        return;
      case 'refused':
        stream.receiveRefused(frame.reason);
        return;
      case 'reset':
        if (this.#countNew(stream, frame.finalOffset, 0)) stream.receiveReset(frame.reason, frame.finalOffset);
        return;
      case 'stop':
        stream.receiveStop(frame.reason);
        return;
      case 'max-stream-data':
        stream.receiveCredit(frame.bytes);
    }
  }

  /** MAX_DATA: bytes of all streams since the session began. */
  receiveSessionCredit(bytes: number): void {
    if (bytes <= this.#sendLimitBytes) return;
    this.sendableBytes += bytes - this.#sendLimitBytes;
    this.#sendLimitBytes = bytes;
    this.#work();
  }

  /** MAX_STREAMS. */
  receiveStreamCount(count: number): void {
    this.set.raiseOwnLimit(count);
    this.#openWaiting();
  }

  /** BLOCKED: tells the current credit again. */
  receiveBlocked(streamId: number | null): void {
    if (streamId === null) this.queue.sessionCreditDue = true;
    const stream = streamId === null ? undefined : this.set.get(streamId);
    if (stream !== undefined) this.queue.streamCredits.add(stream);
    this.#work();
  }

  /** True where only the peer's credit keeps something from being sent. */
  get isBlocked(): boolean {
    return this.queue.blocked.size > 0 || this.#isSessionBlocked;
  }

  /** Queues BLOCKED for what the peer grants too little credit for. */
  sayBlocked(): void {
    if (this.#isSessionBlocked) this.queue.once.push({ type: 'blocked', streamId: null });
    for (const stream of this.queue.blocked) this.queue.once.push({ type: 'blocked', streamId: stream.id });
  }

  /** Tells the owners what happened to their streams since the last call. Their answers may add to the queue. */
  dispatch(): void {
    const events = this.#events;
    this.#events = [];
    for (const entry of events) {
      const { stream, event } = entry;
      if (!stream.isHandedOut) this.#events.push(entry);
      else if (!stream.isLetGo) stream.onEvent(event);
    }
  }

  /** Streams of the peer for their owners; their events follow with the next {@link dispatch}. */
  takeOpened(): Stream[] {
    const opened = this.#opened;
    this.#opened = [];
    for (const stream of opened) stream.isHandedOut = true;
    return opened;
  }

  /** The session is gone: every stream is reset. */
  end(reason: ResetReason): void {
    for (const stream of this.set.values()) stream.sessionEnded(reason);
    this.set.clear();
    this.#waiting.clear();
    this.dispatch();
    this.#events = [];
    this.#opened = [];
  }

  // For the streams.

  streamHasWork(stream: Stream): void {
    if (this.#waiting.has(stream)) return;
    this.queue.wake(stream);
    this.#work();
  }

  queueControl(frame: Frame, stream: Stream): void {
    const waiting = this.#waiting.get(stream);
    if (waiting === undefined) this.queue.control.push({ frame, stream });
    else waiting.push(frame);
    this.#work();
  }

  queueStreamCredit(stream: Stream): void {
    this.queue.streamCredits.add(stream);
    this.#work();
  }

  streamConsumed(bytes: number): void {
    if (bytes === 0 || !this.credit.consumed(bytes)) return;
    this.queue.sessionCreditDue = true;
    this.#work();
  }

  queueEvent(stream: Stream, event: StreamEvent): void {
    this.#events.push({ stream, event });
    this.#work();
  }

  streamEnded(stream: Stream): void {
    this.queue.remove(stream);
    if (!this.set.remove(stream)) return;
    if (this.set.size === 0) this.pieces.clear();
    this.queue.streamCountDue = true;
    this.#work();
  }

  get #isSessionBlocked(): boolean {
    return this.sendableBytes <= 0 && this.queue.hasUnsent;
  }

  #work(): void {
    if (this.#hasWork) return;
    this.#hasWork = true;
    this.#onWork();
  }

  /** The stream with this id; a new one where the peer may use the id for the first time. */
  #find(id: number): Stream | undefined {
    const known = this.set.get(id);
    if (known !== undefined) return known;
    if (!this.set.claimPeerId(id)) return undefined;
    const stream = new Stream(this, id, null, false);
    this.set.add(stream);
    return stream;
  }

  #openWaiting(): void {
    for (const [stream, frames] of this.#waiting) {
      if (!this.set.mayUse(stream.id)) return;
      this.#waiting.delete(stream);
      // Its id is used up all the same where it was reset meanwhile: the peer is told of the end alone.
      if (frames.length === 0) this.queue.opens.push(stream);
      else for (const frame of frames) this.queue.control.push({ frame, stream });
      this.queue.wake(stream);
      this.#work();
    }
  }

  #receiveData(stream: Stream, offset: number, bytes: Uint8Array, last: boolean): void {
    if (this.#countNew(stream, offset, bytes.length)) stream.receiveData(offset, bytes, last);
  }

  /** Counts what these bytes add to the session's credit. Where they break a limit it ends the stream and returns false. */
  #countNew(stream: Stream, offset: number, bytes: number): boolean {
    const added = stream.newBytes(offset, bytes);
    if (added === null || !this.credit.allows(added)) {
      stream.breakOff();
      return false;
    }
    if (added > 0) {
      this.newBytesAtMs = this.nowMs;
      if (this.credit.received(added)) this.queue.sessionCreditDue = true;
    }
    return true;
  }
}
