import type { StreamEvent } from '../../mesh/mesh-stream.ts';
import type { DialOutcome } from '../egress/exit-dialer.ts';
import { resetSocket } from '../reset-socket.ts';
import type { PumpSocket, PumpStream } from '../stream-pump.ts';

/** Read from the site and not yet taken, in bytes, before its socket is read no further. */
const MAX_UNREAD_BYTES = 256 * 1024;

/** Begins a connection to a site; calls `done` once, never inside the call, unless the returned function gave up. */
export type BeginDial = (done: (outcome: DialOutcome) => void) => () => void;

/**
 * A site's own TCP connection in the shape of a stream through the mesh, so that whoever joins programs with streams need
 * not know the difference: first `opened` or `refused`, then bytes, then each direction's end, or `reset`.
 */
export class DirectStream implements PumpStream {
  onEvent: (event: StreamEvent) => void = () => {};
  readonly #closed: () => void;
  readonly #cancelDial: () => void;
  #socket: PumpSocket | null = null;
  #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #siteEnded = false;
  #isOver = false;

  /** @param closed called once, when there is no connection (any more), never inside the constructor. */
  constructor(begin: BeginDial, closed: () => void) {
    this.#closed = closed;
    this.#cancelDial = begin((outcome) => this.#dialled(outcome));
  }

  write(bytes: Uint8Array, areLent = false): void {
    if (this.#isOver) return;
    this.#socket?.write(areLent ? new Uint8Array(bytes) : bytes);
  }

  get bufferedBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  get highWaterBytes(): number {
    return this.#socket?.writableHighWaterMark ?? 0;
  }

  finish(): void {
    if (!this.#isOver) this.#socket?.end();
  }

  read(): Uint8Array | null {
    const bytes = this.#unread.shift();
    if (bytes === undefined) return null;
    this.#unreadBytes -= bytes.length;
    if (!this.#isOver && this.#unreadBytes < MAX_UNREAD_BYTES) this.#socket?.resume();
    return bytes;
  }

  /** Every piece is a copy of its own. */
  giveBack(): void {}

  get readEnded(): boolean {
    return this.#siteEnded && this.#unread.length === 0;
  }

  /** Ends both directions at once; the site sees an RST. Idempotent. */
  reset(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#drop();
    if (this.#socket === null) {
      this.#cancelDial();
      queueMicrotask(this.#closed);
    } else resetSocket(this.#socket);
  }

  #dialled(outcome: DialOutcome): void {
    switch (outcome.type) {
      case 'connected': {
        const { socket, bound, connectMs, destination } = outcome;
        this.#socket = socket;
        socket.on('data', this.#onData);
        socket.on('end', this.#onEnd);
        socket.on('drain', this.#onDrain);
        // 'close' follows.
        socket.on('error', () => {});
        socket.on('close', this.#onClose);
        socket.resume();
        this.onEvent({ type: 'opened', bound, connectMs, destination });
        return;
      }
      // Port 0 is for exits.
      case 'located':
        this.#refuse('not-allowed');
        return;
      case 'refused':
        this.#refuse(outcome.reason);
        return;
    }
  }

  #refuse(reason: Extract<DialOutcome, { readonly type: 'refused' }>['reason']): void {
    this.#isOver = true;
    this.onEvent({ type: 'refused', reason });
    this.#closed();
  }

  /** The dialer lends its bytes for this call only. */
  readonly #onData = (bytes: Uint8Array): void => {
    if (this.#isOver) return;
    this.#unread.push(new Uint8Array(bytes));
    this.#unreadBytes += bytes.length;
    if (this.#unreadBytes >= MAX_UNREAD_BYTES) this.#socket?.pause();
    this.onEvent({ type: 'readable' });
  };

  readonly #onEnd = (): void => {
    if (this.#isOver) return;
    this.#siteEnded = true;
    this.onEvent({ type: 'readable' });
  };

  readonly #onDrain = (): void => {
    if (!this.#isOver) this.onEvent({ type: 'writable' });
  };

  readonly #onClose = (): void => {
    // Where both directions ended in order, what was not read yet is still there to be read.
    const isInOrder = this.#siteEnded && this.#socket?.writableFinished === true;
    if (!this.#isOver && !isInOrder) {
      this.#drop();
      this.#isOver = true;
      this.onEvent({ type: 'reset', reason: 'reset-by-far' });
    }
    this.#isOver = true;
    this.#closed();
  };

  #drop(): void {
    this.#unread = [];
    this.#unreadBytes = 0;
  }
}
