import type { Link } from '../link.ts';

/** The most that goes to a link in one piece: what one UDP send carries at most (RFC 768, IPv4), in bytes. */
const MAX_BATCH_BYTES = 65_507;
/** The most messages in a batch on a datagram link: the kernel's limit for segments. */
const MAX_BATCH_MESSAGES = 64;

/**
 * Gathers sealed messages for one link in the link's own buffers: on a datagram link those of equal size, of which a
 * shorter one is the last; on a reliable one all that fit.
 */
export class MessageBatch {
  readonly #link: Link;
  readonly #bufferBytes: number;
  readonly #limitBytes: number;
  #buffer: Uint8Array | null = null;
  #usedBytes = 0;
  #messageBytes = 0;
  #messages = 0;

  constructor(link: Link) {
    this.#link = link;
    this.#bufferBytes = Math.max(MAX_BATCH_BYTES, link.maxMessageBytes);
    this.#limitBytes = link.reliable ? this.#bufferBytes : MAX_BATCH_BYTES;
  }

  /** Where in the buffer the next message belongs. */
  get offset(): number {
    return this.#usedBytes;
  }

  /** The buffer for a message of this length, which may be written at {@link offset}; what can't go with it is sent before. */
  room(bytes: number): Uint8Array {
    const isBatchOver = this.#messages > 0 && !this.#link.reliable && bytes > this.#messageBytes;
    if (isBatchOver || this.#usedBytes + bytes > this.#limitBytes) this.flush();
    this.#buffer ??= this.#link.takeBuffer(this.#bufferBytes);
    return this.#buffer;
  }

  /** The message is there. */
  added(bytes: number): void {
    if (this.#messages === 0) this.#messageBytes = bytes;
    this.#usedBytes += bytes;
    this.#messages++;
    if (!this.#link.reliable && (bytes < this.#messageBytes || this.#messages === MAX_BATCH_MESSAGES)) this.flush();
  }

  /** Sends what there is. */
  flush(): void {
    const buffer = this.#buffer;
    if (buffer === null || this.#usedBytes === 0) return;
    const messageBytes = this.#link.reliable ? this.#usedBytes : this.#messageBytes;
    const bytes = this.#usedBytes;
    this.#buffer = null;
    this.#usedBytes = 0;
    this.#messages = 0;
    this.#link.send(buffer, bytes, messageBytes);
  }
}
