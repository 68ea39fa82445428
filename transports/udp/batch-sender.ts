import type { SocketOptions } from '../socket-options.ts';
import type { Destination } from './destination.ts';

/** How many datagrams one system call takes: the kernel's UDP_MAX_SEGMENTS before Linux 6.9. */
const MAX_SEGMENTS = 64;
/** How many bytes one system call takes: the largest UDP payload on IPv4 (RFC 768, RFC 791). */
const MAX_SEGMENTS_BYTES = 65_507;

/** After so many batches that went out one message at a time, one is tried as a whole again: routes change. */
const BATCHES_UNTIL_RETRY = 1_024;

/** What became of a batch. */
export interface BatchResult {
  /** How far it is dealt with, in bytes; the rest can't be taken now and is to be sent again. */
  doneBytes: number;
  /** The last message's misfortune in the system's words, such as ECONNREFUSED, or an empty string. */
  problem: string;
}

/**
 * Sends batches of equal messages with one system call each, on one socket. Where the way out does not take that
 * (no checksums in hardware, segments larger than its frames), messages of that size go one by one for a while.
 */
export class BatchSender {
  readonly #options: SocketOptions;
  readonly #descriptor: number;
  readonly #result: BatchResult = { doneBytes: 0, problem: '' };
  /** Messages of so many bytes or more are not sent together now. */
  #refusedBytes = Number.POSITIVE_INFINITY;
  #refusedBatches = 0;

  /** `descriptor` must stay this socket's for as long as this is used. */
  constructor(options: SocketOptions, descriptor: number) {
    this.#options = options;
    this.#descriptor = descriptor;
  }

  /** Sends the first `bytes` bytes as messages of `messageBytes`, within the call. The result is valid until the next one. */
  send(
    destination: Destination | null,
    buffer: Uint8Array,
    bytes: number,
    messageBytes: number,
  ): Readonly<BatchResult> {
    const result = this.#result;
    result.problem = '';
    const atOnceBytes = this.#atOnceBytes(bytes, messageBytes);
    let offset = 0;
    while (offset < bytes) {
      const isWhole = messageBytes < this.#refusedBytes;
      const length = Math.min(isWhole ? atOnceBytes : messageBytes, bytes - offset);
      const problem = this.#sendPersistently(destination, buffer, offset, length, messageBytes);
      if (problem === 'EAGAIN') break;
      if (length > messageBytes && isRefusal(problem)) {
        this.#refusedBytes = messageBytes;
        this.#refusedBatches = 0;
        continue;
      }
      if (problem !== '') result.problem = problem;
      offset += length;
    }
    result.doneBytes = offset;
    return result;
  }

  #atOnceBytes(bytes: number, messageBytes: number): number {
    if (bytes > messageBytes && messageBytes >= this.#refusedBytes) {
      this.#refusedBatches += 1;
      if (this.#refusedBatches >= BATCHES_UNTIL_RETRY) this.#refusedBytes = Number.POSITIVE_INFINITY;
    }
    const messages = Math.min(MAX_SEGMENTS, Math.floor(MAX_SEGMENTS_BYTES / messageBytes));
    return Math.max(1, messages) * messageBytes;
  }

  /**
   * Twice where it may help: a socket's next call also tells of a router that could not pass on an earlier datagram
   * (ip(7), EMSGSIZE), and sends nothing then.
   */
  #sendPersistently(
    destination: Destination | null,
    buffer: Uint8Array,
    offset: number,
    length: number,
    messageBytes: number,
  ): string {
    const descriptor = this.#descriptor;
    const problem = this.#options.sendSegments(descriptor, destination, buffer, offset, length, messageBytes);
    if (problem !== 'EMSGSIZE') return problem;
    return this.#options.sendSegments(descriptor, destination, buffer, offset, length, messageBytes);
  }
}

function isRefusal(problem: string): boolean {
  return problem === 'EINVAL' || problem === 'EIO' || problem === 'EMSGSIZE' || problem === 'EOPNOTSUPP';
}
