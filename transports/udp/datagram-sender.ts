import type { SendBufferPool } from '../send-buffer-pool.ts';

/** What passes every IPv6 path (RFC 8200 section 5: 1,280 bytes) less its 40 bytes of IPv6 and 8 of UDP header. */
export const UDP_MESSAGE_BYTES = 1_232;

/** Above this much waiting for the kernel, in bytes, links say that they are not writable; at half of it they are again. */
const FULL_BYTES = 4 * 1024 * 1024;
/** Above this much, datagrams of senders that don't listen to that are dropped, as a router would. */
const DROP_BYTES = 2 * FULL_BYTES;

/** The part of node:dgram's socket that sends. */
export interface DatagramSocket {
  send(bytes: Uint8Array, offset: number, length: number, done: SendDone): void;
  send(bytes: Uint8Array, offset: number, length: number, port: number, address: string, done: SendDone): void;
}

type SendDone = (error: Error | null, bytesSent: number) => void;

/** Where an unconnected socket sends to. */
export interface Destination {
  /** An IP literal. */
  readonly address: string;
  readonly port: number;
}

/** Who sends through a {@link DatagramSender}, usually one of several links on one socket. */
export interface Sender {
  /** Null where the socket is connected. */
  readonly destination: Destination | null;
  /** The queue was full when this sender looked or sent, and has drained. */
  drained(): void;
  /** A datagram could not be sent. Called at most once for each {@link DatagramSender.send}, and never within it. */
  sendFailed(error: Error): void;
}

/** The send queue of one socket, which the links on it share. */
export class DatagramSender {
  readonly #socket: DatagramSocket;
  readonly #buffers: SendBufferPool;
  readonly #waiting = new Set<Sender>();
  #queuedBytes = 0;
  #full = false;
  #closed = false;

  constructor(socket: DatagramSocket, buffers: SendBufferPool) {
    this.#socket = socket;
    this.#buffers = buffers;
  }

  /** Whether the queue has room. A sender that learns that it has not hears of it when it has. */
  isWritableFor(sender: Sender): boolean {
    if (this.#full) this.#waiting.add(sender);
    return !this.#full;
  }

  /** Sends the first `bytes` bytes of a lent buffer as messages of `messageBytes` bytes; the buffer goes back to the pool. */
  send(sender: Sender, buffer: Uint8Array, bytes: number, messageBytes: number): void {
    if (this.#closed || bytes <= 0 || messageBytes <= 0 || this.#queuedBytes + bytes > DROP_BYTES) {
      this.#buffers.give(buffer);
      return;
    }
    this.#queuedBytes += bytes;
    if (this.#queuedBytes > FULL_BYTES) {
      this.#full = true;
      this.#waiting.add(sender);
    }
    this.#sendBatch(sender, buffer, bytes, messageBytes, () => {
      this.#buffers.give(buffer);
      this.#queuedBytes -= bytes;
      if (this.#full && !this.#closed && this.#queuedBytes <= FULL_BYTES / 2) this.#drain();
    });
  }

  /** Nothing is sent and nobody is told anything from now on. */
  close(): void {
    this.#closed = true;
    this.#waiting.clear();
  }

  /** The one place that knows how a batch becomes datagrams: today each message is a system call of its own. */
  #sendBatch(sender: Sender, buffer: Uint8Array, bytes: number, messageBytes: number, allDone: () => void): void {
    let outstanding = Math.ceil(bytes / messageBytes);
    let failed = false;
    const done = (error: Error | null): void => {
      if (error !== null && !failed && !this.#closed) {
        failed = true;
        sender.sendFailed(error);
      }
      outstanding -= 1;
      if (outstanding === 0) allDone();
    };
    for (let offset = 0; offset < bytes; offset += messageBytes) {
      this.#sendOne(buffer, offset, Math.min(messageBytes, bytes - offset), sender.destination, done);
    }
  }

  #sendOne(
    buffer: Uint8Array,
    offset: number,
    length: number,
    destination: Destination | null,
    done: (error: Error | null) => void,
  ): void {
    try {
      if (destination === null) this.#socket.send(buffer, offset, length, done);
      else this.#socket.send(buffer, offset, length, destination.port, destination.address, done);
    } catch (error) {
      // A socket whose connecting failed throws here, before it says so.
      process.nextTick(done, error instanceof Error ? error : new Error(String(error)));
    }
  }

  #drain(): void {
    this.#full = false;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const sender of waiting) {
      // The ones before it may have filled the queue again; it stays waiting then.
      if (this.isWritableFor(sender)) sender.drained();
    }
  }
}
