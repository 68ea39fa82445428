import type { Socket } from 'node:net';
import type { MeshStream, StreamEvent } from '../mesh/mesh-stream.ts';
import type { ResetReason } from '../mesh/session/stream-codes.ts';
import type { ConnectionObserver } from './connection-observer.ts';
import { resetSocket } from './reset-socket.ts';

/** The socket of a pump: TCP, connected, `allowHalfOpen`. */
export type PumpSocket = Socket;

/** The stream of a pump: one through the mesh, or whatever behaves like it. */
export type PumpStream = Pick<
  MeshStream,
  'onEvent' | 'write' | 'bufferedBytes' | 'highWaterBytes' | 'finish' | 'read' | 'giveBack' | 'readEnded' | 'reset'
>;

/** What went through, once it is over. */
export interface PumpTotals {
  readonly bytesFromSocket: number;
  readonly bytesToSocket: number;
  /** `finished`: both directions ended in order. */
  readonly end: 'finished' | 'stream-reset' | 'socket-failed' | 'closed-here';
}

/** How a {@link StreamPump} is set up. */
export interface PumpOptions {
  /** Whose socket it is: the program's at the ingress (`near`), the site's at the exit (`far`). */
  readonly side: 'near' | 'far';
  /** Bytes that were read from the socket before. */
  readonly firstBytes?: Uint8Array;
  /** What the socket's 'data' brings is valid within the event only. */
  readonly lendsBytes?: boolean;
  /** Told of bytes both ways; not of the end. */
  readonly observer?: Pick<ConnectionObserver, 'sent' | 'received'>;
  /** Called once, never inside the constructor, after which neither socket nor stream is referenced. */
  readonly closed: (totals: PumpTotals) => void;
}

/**
 * Joins a socket and an open stream, in both directions and with backpressure in both:
 * the socket is not read while the stream has `highWaterBytes` queued, and the stream is not read, which withholds
 * credit from the peer, while the socket's own buffer is full.
 *
 * | happens | and so |
 * |---|---|
 * | the socket ends | `finish()` |
 * | the stream ends | the socket's sending side ends |
 * | the stream is reset | the socket is reset, visibly (RST) |
 * | the peer wants no more | the socket is not read any more |
 * | the socket fails | the stream is reset |
 */
export class StreamPump {
  readonly #socket: PumpSocket;
  readonly #stream: PumpStream;
  readonly #options: PumpOptions;
  /** Nothing more goes from the socket to the stream. */
  #sendEnded = false;
  /** The socket's end was seen. */
  #socketEnded = false;
  /** The stream's end was passed on. */
  #receiveEnded = false;
  #socketFailed = false;
  #streamReset = false;
  #closedHere = false;
  #over = false;
  #bytesFromSocket = 0;
  #bytesToSocket = 0;

  constructor(socket: PumpSocket, stream: PumpStream, options: PumpOptions) {
    this.#socket = socket;
    this.#stream = stream;
    this.#options = options;
    stream.onEvent = this.#onStreamEvent;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('drain', this.#onDrain);
    socket.on('finish', this.#onFinish);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    // A socket that died while somebody else held it says nothing any more.
    if (socket.destroyed) queueMicrotask(this.#onClose);
    // An explicit pause (the handshake's) outlives a new 'data' listener.
    socket.resume();
    if (options.firstBytes !== undefined && options.firstBytes.length > 0) this.#send(options.firstBytes);
    // A paused socket says that it ended nonetheless where nothing was left to read.
    if (socket.readableEnded) this.#onEnd();
    this.#receive();
  }

  /** Cuts both sides off. Idempotent. */
  close(reason: ResetReason): void {
    if (this.#over || this.#closedHere) return;
    this.#closedHere = true;
    this.#stream.reset(reason);
    this.#cutSocket();
  }

  readonly #onStreamEvent = (event: StreamEvent): void => {
    switch (event.type) {
      case 'readable':
        this.#receive();
        return;
      case 'writable':
        if (!this.#sendEnded) this.#socket.resume();
        return;
      case 'stopped':
        this.#endSending();
        this.#socket.pause();
        this.#drainAfterStop();
        return;
      case 'reset':
      case 'refused':
        this.#streamReset = true;
        this.#cutSocket();
        return;
      case 'opened':
        return;
    }
  };

  // A socket that lends nothing never touches a buffer again once it gave it away, so the stream may keep it.
  readonly #onData = (bytes: Uint8Array): void => {
    if (this.#sendEnded) resetSocket(this.#socket);
    else this.#send(bytes, this.#options.lendsBytes);
  };

  readonly #onEnd = (): void => {
    this.#socketEnded = true;
    this.#endSending();
  };

  readonly #onDrain = (): void => this.#receive();

  readonly #onFinish = (): void => this.#drainAfterStop();

  readonly #onError = (): void => {
    this.#socketFailed = true;
  };

  readonly #onClose = (): void => {
    if (this.#over) return;
    this.#over = true;
    const stream = this.#stream;
    const socket = this.#socket;
    stream.onEvent = () => {};
    socket.off('data', this.#onData);
    socket.off('end', this.#onEnd);
    socket.off('drain', this.#onDrain);
    socket.off('finish', this.#onFinish);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    const end = this.#howItEnded();
    if (end === 'socket-failed') stream.reset(this.#options.side === 'near' ? 'reset-by-near' : 'reset-by-far');
    this.#options.closed({ bytesFromSocket: this.#bytesFromSocket, bytesToSocket: this.#bytesToSocket, end });
  };

  #howItEnded(): PumpTotals['end'] {
    if (this.#closedHere) return 'closed-here';
    if (this.#streamReset) return 'stream-reset';
    return this.#socketFailed || !this.#sendEnded || !this.#receiveEnded ? 'socket-failed' : 'finished';
  }

  #cutSocket(): void {
    this.#socket.pause();
    resetSocket(this.#socket);
  }

  #send(bytes: Uint8Array, areLent = false): void {
    this.#bytesFromSocket += bytes.length;
    this.#options.observer?.sent();
    this.#stream.write(bytes, areLent);
    if (this.#stream.bufferedBytes >= this.#stream.highWaterBytes) this.#socket.pause();
  }

  #endSending(): void {
    if (this.#sendEnded) return;
    this.#sendEnded = true;
    this.#stream.finish();
  }

  #receive(): void {
    const socket = this.#socket;
    if (this.#receiveEnded || socket.destroyed) return;
    // What can be read at once goes to the system in one call.
    socket.cork();
    while (!socket.writableNeedDrain) {
      const bytes = this.#stream.read();
      if (bytes === null) break;
      this.#bytesToSocket += bytes.length;
      this.#options.observer?.received(this.#stream.bufferedBytes);
      socket.write(bytes, () => this.#stream.giveBack(bytes));
    }
    socket.uncork();
    if (!this.#stream.readEnded) return;
    this.#receiveEnded = true;
    socket.end();
  }

  /**
   * A socket that is not read never shows its end, so one that was stopped and has nothing more to send is read again.
   * Its end is its end; bytes get what a program's own system gives that has closed a connection: an RST. Sent any earlier
   * it would overtake the last bytes of the answer.
   */
  #drainAfterStop(): void {
    if (this.#sendEnded && !this.#socketEnded && this.#receiveEnded && this.#socket.writableFinished) {
      this.#socket.resume();
    }
  }
}
