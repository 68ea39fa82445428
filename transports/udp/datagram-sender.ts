import type { SendBufferPool } from '../send-buffer-pool.ts';
import type { BatchSender } from './batch-sender.ts';
import type { Destination } from './destination.ts';

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
  readonly #batches: BatchSender | null;
  readonly #waiting = new Set<Sender>();
  #queuedBytes = 0;
  /** What was sent at once since the event loop last had a turn for sure. */
  #burstBytes = 0;
  #full = false;
  #closed = false;

  /** `batches`, where the system offers it, sends whole batches on the same socket. */
  constructor(socket: DatagramSocket, buffers: SendBufferPool, batches: BatchSender | null) {
    this.#socket = socket;
    this.#buffers = buffers;
    this.#batches = batches;
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
    const sentBytes = this.#sendAtOnce(sender, buffer, bytes, messageBytes);
    if (sentBytes === bytes) {
      this.#buffers.give(buffer);
      return;
    }
    const restBytes = bytes - sentBytes;
    this.#queuedBytes += restBytes;
    if (this.#queuedBytes > FULL_BYTES) this.#fill(sender);
    this.#queue(sender, buffer, sentBytes, bytes, messageBytes, () => {
      this.#buffers.give(buffer);
      this.#queuedBytes -= restBytes;
      this.#drainIfRoom();
    });
  }

  /** Nothing is sent and nobody is told anything from now on. */
  close(): void {
    this.#closed = true;
    this.#waiting.clear();
  }

  /** Sends without the queue what can be; returns how much of the batch that was, in bytes. */
  #sendAtOnce(sender: Sender, buffer: Uint8Array, bytes: number, messageBytes: number): number {
    // What is queued goes first, so that order stays as it was.
    if (this.#batches === null || this.#queuedBytes > 0) return 0;
    const { doneBytes, problem } = this.#batches.send(sender.destination, buffer, bytes, messageBytes);
    if (problem !== '') this.#tellFailure(sender, problem);
    this.#burstBytes += doneBytes;
    if (this.#burstBytes > FULL_BYTES) this.#pauseBurst(sender);
    return doneBytes;
  }

  /** The kernel says no seldom, so who sends as long as the link is writable would keep everybody else from running. */
  #pauseBurst(sender: Sender): void {
    if (this.#full) return;
    this.#fill(sender);
    setImmediate(() => {
      this.#burstBytes = 0;
      this.#drainIfRoom();
    });
  }

  #fill(sender: Sender): void {
    this.#full = true;
    this.#waiting.add(sender);
  }

  #tellFailure(sender: Sender, code: string): void {
    process.nextTick(() => {
      if (!this.#closed) sender.sendFailed(Object.assign(new Error(`a datagram could not be sent: ${code}`), { code }));
    });
  }

  /** What the kernel did not take at once: each message is a system call of its own, made when there is room. */
  #queue(
    sender: Sender,
    buffer: Uint8Array,
    start: number,
    end: number,
    messageBytes: number,
    allDone: () => void,
  ): void {
    let outstanding = Math.ceil((end - start) / messageBytes);
    let failed = false;
    const done = (error: Error | null): void => {
      if (error !== null && !failed && !this.#closed) {
        failed = true;
        sender.sendFailed(error);
      }
      outstanding -= 1;
      if (outstanding === 0) allDone();
    };
    for (let offset = start; offset < end; offset += messageBytes) {
      this.#sendOne(buffer, offset, Math.min(messageBytes, end - offset), sender.destination, done);
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

  #drainIfRoom(): void {
    if (!this.#full || this.#closed || this.#queuedBytes > FULL_BYTES / 2 || this.#burstBytes > FULL_BYTES) return;
    this.#full = false;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const sender of waiting) {
      // The ones before it may have filled the queue again; it stays waiting then.
      if (this.isWritableFor(sender)) sender.drained();
    }
  }
}
