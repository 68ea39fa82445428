import type { NodeId } from '../config/node-id.ts';
import type { MeshStream, StreamEvent } from '../mesh/mesh-stream.ts';
import type { RefusalReason, ResetReason } from '../mesh/session/stream-codes.ts';
import type { Destination, Target } from '../mesh/session/target.ts';
import { beginsRequest } from './first-bytes.ts';
import type { OpenedEvent } from './race-streams.ts';

/** Bytes held back before their writer should pause. */
const MAX_HELD_BYTES = 65_536;

/**
 * A stream that is used before its exit answered. First bytes that are a request go at once, others wait until the
 * exit has connected. Where it refuses instead its user gets `refused`, and what was sent is never sent anywhere else.
 */
export class EarlyStream implements MeshStream {
  onEvent: (event: StreamEvent) => void = () => {};
  readonly #stream: MeshStream;
  readonly #opened: (event: OpenedEvent) => void;
  readonly #failed: () => void;
  #state: 'deciding' | 'holding' | 'through' = 'deciding';
  #isOpened = false;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #isFinishHeld = false;

  /**
   * @param opened called when the exit has connected.
   * @param failed called where it did not.
   */
  constructor(stream: MeshStream, opened: (event: OpenedEvent) => void, failed: () => void) {
    this.#stream = stream;
    this.#opened = opened;
    this.#failed = failed;
    stream.onEvent = (event) => this.#onStreamEvent(event);
  }

  get peer(): NodeId {
    return this.#stream.peer;
  }

  get target(): Target {
    return this.#stream.target;
  }

  accept(bound: Target, connectMs: number, destination?: Destination | null): void {
    this.#stream.accept(bound, connectMs, destination);
  }

  refuse(reason: RefusalReason): void {
    this.#stream.refuse(reason);
  }

  write(bytes: Uint8Array, areLent = false): void {
    if (this.#state === 'through') {
      this.#stream.write(bytes, areLent);
      return;
    }
    this.#held.push(areLent ? Uint8Array.from(bytes) : bytes);
    this.#heldBytes += bytes.length;
    if (this.#state === 'holding') return;
    const verdict = beginsRequest(Buffer.concat(this.#held.slice(0, 32)));
    if (verdict === true) this.#release();
    else if (verdict === false) this.#state = 'holding';
  }

  get bufferedBytes(): number {
    return this.#heldBytes + this.#stream.bufferedBytes;
  }

  get highWaterBytes(): number {
    return this.#state === 'through' ? this.#stream.highWaterBytes : MAX_HELD_BYTES;
  }

  finish(): void {
    if (this.#state === 'through') this.#stream.finish();
    else this.#isFinishHeld = true;
  }

  read(): Uint8Array | null {
    return this.#stream.read();
  }

  giveBack(piece: Uint8Array): void {
    this.#stream.giveBack(piece);
  }

  get readEnded(): boolean {
    return this.#stream.readEnded;
  }

  stop(reason: ResetReason): void {
    this.#stream.stop(reason);
  }

  reset(reason: ResetReason): void {
    this.#drop();
    this.#stream.reset(reason);
  }

  #onStreamEvent(event: StreamEvent): void {
    switch (event.type) {
      case 'opened': {
        const wasFull = this.#heldBytes >= MAX_HELD_BYTES;
        this.#isOpened = true;
        this.#opened(event);
        this.#release();
        if (wasFull && this.bufferedBytes < this.highWaterBytes) this.onEvent({ type: 'writable' });
        return;
      }
      case 'refused':
      case 'reset':
        this.#drop();
        if (!this.#isOpened) this.#failed();
        this.onEvent(event);
        return;
      case 'stopped':
        this.#drop();
        this.onEvent(event);
        return;
      case 'readable':
      case 'writable':
        this.onEvent(event);
    }
  }

  #release(): void {
    const held = this.#held;
    const isFinishHeld = this.#isFinishHeld;
    this.#drop();
    for (const bytes of held) this.#stream.write(bytes);
    if (isFinishHeld) this.#stream.finish();
  }

  /** From now on everything goes through, where it is ignored if the stream is over. */
  #drop(): void {
    this.#state = 'through';
    this.#held = [];
    this.#heldBytes = 0;
    this.#isFinishHeld = false;
  }
}
