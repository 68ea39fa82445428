import type { NodeId } from '../../config/node-id.ts';
import type { MeshStream, StreamEvent } from '../mesh-stream.ts';
import type { Frame } from './frame.ts';
import { type ReceivingHost, ReceivingHalf } from './receiving-half.ts';
import { type NextData, SendingHalf } from './sending-half.ts';
import type { RefusalReason, ResetReason } from './stream-codes.ts';
import type { Destination, Target } from './target.ts';

/** What a stream asks of its session. */
export interface StreamHost extends ReceivingHost {
  readonly peer: NodeId;
  /** The stream has something to send, or has not any more. */
  streamHasWork(stream: Stream): void;
  queueControl(frame: Frame, stream: Stream): void;
  queueStreamCredit(stream: Stream): void;
  queueEvent(stream: Stream, event: StreamEvent): void;
  /** Both directions ended and the peer knows. */
  streamEnded(stream: Stream): void;
  readonly rttMs: number;
  readonly nowMs: number;
}

const NO_BYTES = new Uint8Array(0);
const ignore = (): void => {};

/**
 * One stream: its two halves, and how the end of one bears on the other. The session feeds it frames and asks it for
 * bytes; everybody else sees the {@link MeshStream} part.
 */
export class Stream implements MeshStream {
  readonly id: number;
  readonly openedHere: boolean;
  onEvent: (event: StreamEvent) => void = ignore;
  /** For the session's sender. */
  readonly sending = new SendingHalf();
  readonly #receiving: ReceivingHalf;
  readonly #host: StreamHost;
  #target: Target | null;
  #answered = false;
  /** The owner was told of its end or has let go of it: nothing more is said. */
  #silent = false;
  #isLetGo = false;
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
    this.#receiving = new ReceivingHalf(host);
  }

  get peer(): NodeId {
    return this.#host.peer;
  }

  get target(): Target {
    if (this.#target === null) throw new Error('a stream is handed out only once its OPEN has arrived');
    return this.#target;
  }

  /** What opens it at the peer. */
  get openFrame(): Frame {
    return { type: 'open', streamId: this.id, target: this.target, firstData: NO_BYTES };
  }

  // For the owner.

  accept(bound: Target, connectMs: number, destination: Destination | null = null): void {
    if (this.openedHere || this.#answered || this.#silent) return;
    this.#answered = true;
    this.#host.queueControl({ type: 'opened', streamId: this.id, bound, connectMs, destination }, this);
  }

  refuse(reason: RefusalReason): void {
    if (this.openedHere || this.#answered || this.#silent) return;
    this.#isLetGo = true;
    // REFUSED ends the direction without a final offset, so nothing may have been sent on it.
    if (this.sending.nextOffset > 0) {
      this.reset('reset-by-near');
      return;
    }
    this.#answered = true;
    this.#silent = true;
    this.sending.reset();
    this.#host.queueControl({ type: 'refused', streamId: this.id, reason }, this);
    this.#host.streamHasWork(this);
    this.#receiving.drop();
    this.#checkEnded();
  }

  write(bytes: Uint8Array, areLent = false): void {
    if (this.sending.write(bytes, areLent ? this.#host.pieces : null)) this.#host.streamHasWork(this);
  }

  get bufferedBytes(): number {
    return this.sending.unsentBytes;
  }

  get highWaterBytes(): number {
    return this.sending.highWaterBytes;
  }

  finish(): void {
    if (this.sending.finish()) this.#host.streamHasWork(this);
  }

  read(): Uint8Array | null {
    const receiving = this.#receiving;
    const piece = receiving.read();
    if (piece !== null && receiving.needsCredit) {
      const isDue = receiving.credit.consumed(receiving.readOffset, this.#host.rttMs, this.#host.nowMs);
      if (isDue) this.#host.queueStreamCredit(this);
    }
    this.#checkEnded();
    return piece;
  }

  giveBack(piece: Uint8Array): void {
    this.#host.pieces.giveBack(piece);
  }

  get readEnded(): boolean {
    return this.#receiving.readEnded;
  }

  stop(reason: ResetReason): void {
    const isMoreExpected = this.#receiving.drop();
    if (isMoreExpected) this.#host.queueControl({ type: 'stop', streamId: this.id, reason }, this);
    this.#checkEnded();
  }

  reset(reason: ResetReason): void {
    this.#isLetGo = true;
    this.#abort(reason);
  }

  /** True once the owner reset or refused it: not even what happened before is told. */
  get isLetGo(): boolean {
    return this.#isLetGo;
  }

  // For the session's sender.

  dataSent(data: NextData): void {
    if (this.sending.sent(data)) this.#emit({ type: 'writable' });
  }

  dataAcknowledged(data: NextData): void {
    this.sending.acknowledged(data);
    this.#checkEnded();
  }

  dataLost(data: NextData): void {
    if (this.#ended) return; // forgotten by now, and to stay so
    this.sending.lost(data);
    this.#host.streamHasWork(this);
  }

  /** RESET or REFUSED of this side arrived at the peer. */
  endAcknowledged(): void {
    this.sending.endAcknowledged();
    this.#checkEnded();
  }

  /** The peer may send up to this offset. */
  get grantedOffset(): number {
    return this.#receiving.credit.grantedOffset;
  }

  // For the session's frames.

  /** How many bytes these would add to what credit counts, or null where they break the stream's own limit. */
  newBytes(offset: number, bytes: number): number | null {
    return this.#receiving.newBytes(offset, bytes);
  }

  receiveData(offset: number, bytes: Uint8Array, last: boolean): void {
    switch (this.#receiving.receive(offset, bytes, last)) {
      case 'broken':
        this.breakOff();
        return;
      case 'readable':
        // An OPENED that comes late is told first: bytes follow it.
        if (!this.openedHere || this.#answered) this.#emit({ type: 'readable' });
        return;
      case 'nothing':
        if (this.#receiving.isShortOfCredit(this.#host.rttMs, this.#host.nowMs)) this.#host.queueStreamCredit(this);
        this.#checkEnded();
    }
  }

  /** Takes OPEN. True where the stream should be handed out now. */
  receiveOpen(target: Target): boolean {
    if (this.openedHere || this.#target !== null || this.#silent) return false;
    this.#target = target;
    if (this.#receiving.isReadable) this.#emit({ type: 'readable' });
    return true;
  }

  receiveOpened(bound: Target, connectMs: number, destination: Destination | null): void {
    if (!this.openedHere || this.#answered) return;
    this.#answered = true;
    this.#emit({ type: 'opened', bound, connectMs, destination });
    if (this.#receiving.isReadable) this.#emit({ type: 'readable' });
  }

  receiveRefused(reason: RefusalReason): void {
    if (!this.openedHere || this.#answered) return;
    this.#answered = true;
    this.#emit({ type: 'refused', reason });
    this.#silent = true;
    this.#receiving.abandon();
    this.#resetSending('reset-by-near');
    this.#checkEnded();
  }

  /** The peer's direction ended early, at an offset within its credit. */
  receiveReset(reason: ResetReason, finalOffset: number): void {
    const wasWanted = this.#receiving.isOpen;
    if (!this.#receiving.cutAt(finalOffset)) {
      this.breakOff();
      return;
    }
    if (wasWanted) {
      this.#emit({ type: 'reset', reason });
      this.#silent = true;
      this.#resetSending(reason);
    }
    this.#checkEnded();
  }

  /** The peer broke the protocol on this stream. */
  breakOff(): void {
    this.#emit({ type: 'reset', reason: 'protocol-error' });
    this.#abort('protocol-error');
  }

  receiveStop(reason: ResetReason): void {
    const finalOffset = this.sending.reset();
    if (finalOffset === null) return;
    this.#emit({ type: 'stopped', reason });
    this.#tellReset(reason, finalOffset);
  }

  /** The peer grants credit. */
  receiveCredit(offset: number): void {
    if (this.sending.grant(offset)) this.#host.streamHasWork(this);
  }

  /** The session is gone, and the stream with it. */
  sessionEnded(reason: ResetReason): void {
    this.#emit({ type: 'reset', reason });
    this.#silent = true;
    this.#ended = true;
    this.sending.abandon();
    this.#receiving.abandon();
  }

  #emit(event: StreamEvent): void {
    // Before its OPEN arrived a stream has no owner; what was received by then is told with it.
    if (!this.#silent && this.#target !== null) this.#host.queueEvent(this, event);
  }

  #abort(reason: ResetReason): void {
    this.#silent = true;
    this.stop(reason);
    this.#resetSending(reason);
  }

  #resetSending(reason: ResetReason): void {
    const finalOffset = this.sending.reset();
    if (finalOffset !== null) this.#tellReset(reason, finalOffset);
  }

  #tellReset(reason: ResetReason, finalOffset: number): void {
    this.#host.queueControl({ type: 'reset', streamId: this.id, reason, finalOffset }, this);
    this.#host.streamHasWork(this);
  }

  #checkEnded(): void {
    if (this.#ended || !this.sending.isDone || !this.#receiving.isDone) return;
    this.#ended = true;
    this.#host.streamEnded(this);
  }
}
