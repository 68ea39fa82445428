import type { NodeId } from '../../config/node-id.ts';
import type { MeshStream, StreamEvent } from '../mesh-stream.ts';
import type { Frame } from './frame.ts';
import { INITIAL_STREAM_CREDIT_BYTES, StreamCredit } from './receive-credit.ts';
import { ReceiveBuffer } from './receive-buffer.ts';
import { SendBuffer } from './send-buffer.ts';
import type { RefusalReason, ResetReason } from './stream-codes.ts';
import type { Target } from './target.ts';

/** What a stream asks of its session. */
export interface StreamHost {
  readonly peer: NodeId;
  /** The stream has something to send, or has not any more. */
  streamHasWork(stream: Stream): void;
  queueControl(frame: Frame, stream: Stream): void;
  queueStreamCredit(stream: Stream): void;
  /** Bytes were read or will never be read. */
  streamConsumed(bytes: number): void;
  queueEvent(stream: Stream, event: StreamEvent): void;
  /** Both directions ended and the peer knows. */
  streamEnded(stream: Stream): void;
  readonly rttMs: number;
  readonly nowMs: number;
}

const HIGH_WATER_BYTES = 524_288;
const ignore = (): void => {};

/**
 * One stream's two directions. The session feeds it frames and asks it for bytes; everybody else sees the
 * {@link MeshStream} part. Each direction ends once: with its last byte, or with RESET and its final offset.
 */
export class Stream implements MeshStream {
  readonly id: number;
  readonly openedHere: boolean;
  onEvent: (event: StreamEvent) => void = ignore;
  readonly sending = new SendBuffer();
  readonly credit = new StreamCredit();
  readonly #host: StreamHost;
  #target: Target | null;
  readonly #receiving = new ReceiveBuffer();
  #sendLimitOffset = INITIAL_STREAM_CREDIT_BYTES;
  /** `open`, then `finishing` until the last byte or `resetting` until RESET is acknowledged, then `done`. */
  #sendState: 'open' | 'finishing' | 'resetting' | 'done' = 'open';
  #lastState: 'unsent' | 'sent' | 'lost' | 'acknowledged' = 'unsent';
  #receiveState: 'open' | 'unwanted' | 'done' = 'open';
  #answered = false;
  /** The owner reset it or was told of its end: nothing more is said. */
  #silent = false;
  #wantsWritable = false;
  #ended = false;
  /** False until the session has handed the stream to its owner: events wait for that. */
  isHandedOut: boolean;

  /** @param target null for a stream of the peer whose OPEN has not arrived yet. */
  constructor(host: StreamHost, id: number, target: Target | null, openedHere: boolean) {
    this.#host = host;
    this.id = id;
    this.#target = target;
    this.openedHere = openedHere;
    this.isHandedOut = openedHere;
  }

  get peer(): NodeId {
    return this.#host.peer;
  }

  get target(): Target {
    if (this.#target === null) throw new Error('a stream is handed out only once its OPEN has arrived');
    return this.#target;
  }

  // For the owner.

  accept(bound: Target, connectMs: number): void {
    if (this.openedHere || this.#answered || this.#silent) return;
    this.#answered = true;
    this.#host.queueControl({ type: 'opened', streamId: this.id, bound, connectMs }, this);
  }

  refuse(reason: RefusalReason): void {
    if (this.openedHere || this.#answered || this.#silent) return;
    this.#answered = true;
    this.#silent = true;
    this.#sendState = 'resetting'; // over once REFUSED is acknowledged
    this.#host.queueControl({ type: 'refused', streamId: this.id, reason }, this);
    this.#dropReceiving();
    this.#checkEnded();
  }

  write(bytes: Uint8Array): void {
    if (this.#sendState !== 'open') return;
    this.sending.write(bytes);
    if (this.bufferedBytes >= HIGH_WATER_BYTES) this.#wantsWritable = true;
    this.#host.streamHasWork(this);
  }

  get bufferedBytes(): number {
    return this.sending.unsentBytes;
  }

  get highWaterBytes(): number {
    return HIGH_WATER_BYTES;
  }

  finish(): void {
    if (this.#sendState !== 'open') return;
    this.#sendState = 'finishing';
    this.#host.streamHasWork(this);
  }

  read(): Uint8Array | null {
    const piece = this.#receiving.read();
    if (piece !== null) {
      this.#host.streamConsumed(piece.length);
      if (this.#receiveState === 'open' && this.#receiving.finalOffset === null) {
        const isDue = this.credit.consumed(this.#receiving.readOffset, this.#host.rttMs, this.#host.nowMs);
        if (isDue) this.#host.queueStreamCredit(this);
      }
    }
    if (this.#receiveState === 'open' && this.#receiving.isEnded) {
      this.#receiveState = 'done';
      this.#checkEnded();
    }
    return piece;
  }

  get readEnded(): boolean {
    return this.#receiving.isEnded && this.#receiveState !== 'unwanted';
  }

  stop(reason: ResetReason): void {
    if (this.#receiveState !== 'open') return;
    const isMoreExpected = this.#dropReceiving();
    if (isMoreExpected) this.#host.queueControl({ type: 'stop', streamId: this.id, reason }, this);
    this.#checkEnded();
  }

  reset(reason: ResetReason): void {
    this.#silent = true;
    this.stop(reason);
    this.#resetSending(reason);
  }

  // For the session.

  /** True where a packet could carry something of it now. */
  get hasWork(): boolean {
    if (this.#sendState !== 'open' && this.#sendState !== 'finishing') return false;
    if (this.sending.hasLost) return true;
    if (this.sending.unsentBytes > 0) return this.sending.nextOffset < this.#sendLimitOffset;
    return this.#sendState === 'finishing' && (this.#lastState === 'unsent' || this.#lastState === 'lost');
  }

  /** True where only the peer's credit keeps it from sending. */
  get isBlocked(): boolean {
    return this.sending.unsentBytes > 0 && this.sending.nextOffset >= this.#sendLimitOffset;
  }

  get sendLimitOffset(): number {
    return this.#sendLimitOffset;
  }

  /** True where these bytes reach the end of a finished direction. */
  isLast(offset: number, bytes: number): boolean {
    return this.#sendState === 'finishing' && offset + bytes === this.sending.endOffset;
  }

  dataSent(offset: number, bytes: number, last: boolean): void {
    this.sending.sent(offset, bytes);
    if (last) this.#lastState = 'sent';
    if (this.#wantsWritable && this.bufferedBytes < HIGH_WATER_BYTES / 2) {
      this.#wantsWritable = false;
      this.#emit({ type: 'writable' });
    }
  }

  dataAcknowledged(offset: number, bytes: number, last: boolean): void {
    if (this.#sendState !== 'open' && this.#sendState !== 'finishing') return;
    this.sending.acknowledge(offset, bytes);
    if (last) this.#lastState = 'acknowledged';
    if (this.#lastState === 'acknowledged' && this.sending.isAllAcknowledged) {
      this.#sendState = 'done';
      this.#checkEnded();
    }
  }

  dataLost(offset: number, bytes: number, last: boolean): void {
    if (this.#sendState !== 'open' && this.#sendState !== 'finishing') return;
    this.sending.lose(offset, bytes);
    if (last && this.#lastState === 'sent') this.#lastState = 'lost';
    this.#host.streamHasWork(this);
  }

  /** RESET or REFUSED of this side arrived at the peer. */
  endAcknowledged(): void {
    if (this.#sendState !== 'resetting') return;
    this.#sendState = 'done';
    this.#checkEnded();
  }

  /** How many bytes these would add to what credit counts, or null where they break the stream's own limit. */
  newBytes(offset: number, bytes: number): number | null {
    if (offset + bytes > this.credit.grantedOffset) return null;
    return Math.max(0, offset + bytes - this.#receiving.highestOffset);
  }

  receiveData(offset: number, bytes: Uint8Array, last: boolean): void {
    if (this.#receiveState === 'done') return;
    if (this.#receiveState === 'unwanted') {
      const before = this.#receiving.highestOffset;
      const isValid = this.#receiving.skip(offset, bytes.length, last);
      this.#host.streamConsumed(this.#receiving.highestOffset - before);
      if (isValid && last) this.#endUnwanted();
      return;
    }
    const hadReadable = this.#receiving.hasReadable;
    const wasEndKnown = this.#receiving.finalOffset !== null;
    if (!this.#receiving.receive(offset, bytes, last)) {
      this.breakOff();
      return;
    }
    const endsNow = this.#receiving.isEnded && !wasEndKnown;
    if (endsNow || (this.#receiving.hasReadable && !hadReadable)) this.#emit({ type: 'readable' });
  }

  /** Takes OPEN. True where the stream should be handed out now. */
  receiveOpen(target: Target): boolean {
    if (this.openedHere || this.#target !== null || this.#silent) return false;
    this.#target = target;
    if (this.#receiving.hasReadable || this.#receiving.isEnded) this.#emit({ type: 'readable' });
    return true;
  }

  receiveOpened(bound: Target, connectMs: number): void {
    if (!this.openedHere || this.#answered) return;
    this.#answered = true;
    this.#emit({ type: 'opened', bound, connectMs });
  }

  receiveRefused(reason: RefusalReason): void {
    if (!this.openedHere || this.#answered) return;
    this.#answered = true;
    this.#emit({ type: 'refused', reason });
    this.#silent = true;
    this.#receiveState = 'done';
    this.#resetSending('reset-by-near');
    this.#checkEnded();
  }

  /** The peer's direction ended early. Returns how many bytes never arrived, which credit counts all the same. */
  receiveReset(reason: ResetReason, finalOffset: number): number {
    if (this.#receiveState === 'done') return 0;
    const before = this.#receiving.highestOffset;
    const held = this.#receiving.highestOffset - this.#receiving.readOffset;
    if (finalOffset < before || finalOffset > this.credit.grantedOffset) return 0;
    const wasWanted = this.#receiveState === 'open';
    this.#receiving.discard();
    this.#receiving.skip(finalOffset, 0, true);
    this.#receiveState = 'done';
    this.#host.streamConsumed(held + finalOffset - before);
    if (wasWanted) {
      this.#emit({ type: 'reset', reason });
      this.#silent = true;
      this.#resetSending(reason);
    }
    this.#checkEnded();
    return finalOffset - before;
  }

  /** The peer broke the protocol on this stream. */
  breakOff(): void {
    this.#emit({ type: 'reset', reason: 'protocol-error' });
    this.reset('protocol-error');
  }

  receiveStop(reason: ResetReason): void {
    if (this.#sendState !== 'open' && this.#sendState !== 'finishing') return;
    this.#emit({ type: 'stopped', reason });
    this.#resetSending(reason);
  }

  /** The peer grants credit. */
  receiveCredit(offset: number): void {
    if (offset <= this.#sendLimitOffset) return;
    this.#sendLimitOffset = offset;
    this.#host.streamHasWork(this);
  }

  /** The session is gone, and the stream with it. */
  sessionEnded(reason: ResetReason): void {
    this.#emit({ type: 'reset', reason });
    this.#silent = true;
    this.sending.clear();
    this.#receiving.discard();
    this.#sendState = 'done';
    this.#receiveState = 'done';
    this.#ended = true;
  }

  #emit(event: StreamEvent): void {
    // Before its OPEN arrived a stream has no owner; what was received by then is told with it.
    if (!this.#silent && this.#target !== null) this.#host.queueEvent(this, event);
  }

  #resetSending(reason: ResetReason): void {
    if (this.#sendState !== 'open' && this.#sendState !== 'finishing') return;
    this.#sendState = 'resetting';
    this.sending.clear();
    this.#host.queueControl({ type: 'reset', streamId: this.id, reason, finalOffset: this.sending.nextOffset }, this);
    this.#host.streamHasWork(this);
  }

  /**
   * Lets go of what arrived; bytes still to come only count for credit, until the final offset is known. Returns
   * whether it is not yet.
   */
  #dropReceiving(): boolean {
    if (this.#receiveState !== 'open') return false;
    const held = this.#receiving.highestOffset - this.#receiving.readOffset;
    this.#receiving.discard();
    this.#host.streamConsumed(held);
    this.#receiveState = this.#receiving.isEnded ? 'done' : 'unwanted';
    return this.#receiveState === 'unwanted';
  }

  #endUnwanted(): void {
    this.#receiveState = 'done';
    this.#checkEnded();
  }

  #checkEnded(): void {
    if (this.#ended || this.#sendState !== 'done' || this.#receiveState !== 'done') return;
    this.#ended = true;
    this.#host.streamEnded(this);
  }
}
