import type { NodeId } from '../../config/node-id.ts';
import type { StreamEvent } from '../mesh-stream.ts';
import type { Frame } from './frame.ts';
import { INITIAL_SESSION_CREDIT_BYTES, SessionCredit } from './receive-credit.ts';
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
  readonly set: StreamSet;
  rttMs = 200;
  nowMs: number;
  /** New stream bytes that the peer's session credit still allows. */
  sendableBytes = INITIAL_SESSION_CREDIT_BYTES;
  #sendLimitBytes = INITIAL_SESSION_CREDIT_BYTES;
  /** Opened here while the peer allowed no more streams. */
  readonly #waiting = new Set<Stream>();
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
    this.#waiting.add(stream);
    this.#openWaiting();
    return stream;
  }

  receive(frame: StreamFrame): void {
    const stream = this.#find(frame.streamId);
    if (stream === null) return; // ended, or never allowed
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
        stream.receiveOpened(frame.bound, frame.connectMs);
        return;
      case 'refused':
        stream.receiveRefused(frame.reason);
        return;
      case 'reset':
        this.#count(stream.receiveReset(frame.reason, frame.finalOffset));
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

  /** Tells the owners what happened to their streams since the last call. Their answers may add to the queue. */
  dispatch(): void {
    const events = this.#events;
    this.#events = [];
    for (const entry of events) {
      if (entry.stream.isHandedOut) entry.stream.onEvent(entry.event);
      else this.#events.push(entry);
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
    this.queue.control.push({ frame, stream });
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
    this.queue.streamCountDue = true;
    this.#work();
  }

  #work(): void {
    if (this.#hasWork) return;
    this.#hasWork = true;
    this.#onWork();
  }

  /** The stream with this id; a new one where the peer may use the id for the first time. */
  #find(id: number): Stream | null {
    const known = this.set.get(id);
    if (known !== undefined) return known;
    if (!this.set.claimPeerId(id)) return null;
    const stream = new Stream(this, id, null, false);
    this.set.add(stream);
    return stream;
  }

  #openWaiting(): void {
    for (const stream of this.#waiting) {
      if (!this.set.mayUse(stream.id)) return;
      this.#waiting.delete(stream);
      this.queue.opens.push(stream);
      this.queue.wake(stream);
      this.#work();
    }
  }

  #receiveData(stream: Stream, offset: number, bytes: Uint8Array, last: boolean): void {
    const added = stream.newBytes(offset, bytes.length);
    if (added === null || !this.credit.allows(added)) {
      stream.breakOff();
      return;
    }
    this.#count(added);
    stream.receiveData(offset, bytes, last);
  }

  #count(bytes: number): void {
    if (bytes > 0 && this.credit.received(bytes)) this.queue.sessionCreditDue = true;
  }
}
