/**
 * The sizes that are kept for reuse, in bytes: a datagram; a handful of them; the largest message (65,854) or batch.
 * Few sizes make reuse likely. The small one matters: a queue of acknowledgements must not pin 64 KB for each.
 */
const BUFFER_BYTES = [2_048, 16_384, 66_560] as const;

/**
 * Send buffers that were flushed and wait for the next message. Allocating 64 KB for each message costs more than
 * copying it, so links take buffers from here and give them back when the kernel has the bytes.
 *
 * A buffer given back must not be touched any more by who gave it. One that is never given back is merely collected.
 */
export class SendBufferPool {
  readonly #maxIdleBytes: number;
  readonly #idle: ReadonlyMap<number, Uint8Array[]> = new Map(BUFFER_BYTES.map((bytes) => [bytes, []]));
  #idleBytes = 0;

  /** Keeps at most `maxIdleBytes` bytes for reuse. */
  constructor(maxIdleBytes = 8 * 1024 * 1024) {
    this.#maxIdleBytes = maxIdleBytes;
  }

  /** How many bytes wait for reuse. */
  get idleBytes(): number {
    return this.#idleBytes;
  }

  /** A buffer of at least `bytes` bytes, with arbitrary content. */
  take(bytes: number): Uint8Array {
    for (const [bufferBytes, idle] of this.#idle) {
      if (bytes > bufferBytes) continue;
      const buffer = idle.pop();
      if (buffer === undefined) return new Uint8Array(bufferBytes);
      this.#idleBytes -= bufferBytes;
      return buffer;
    }
    return new Uint8Array(bytes);
  }

  /** Gives a buffer back; one of no usual size, or one too many, is left to the garbage collector. */
  give(buffer: Uint8Array): void {
    const idle = this.#idle.get(buffer.length);
    if (idle === undefined || this.#idleBytes + buffer.length > this.#maxIdleBytes) return;
    idle.push(buffer);
    this.#idleBytes += buffer.length;
  }
}
