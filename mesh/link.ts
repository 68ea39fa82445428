/**
 * One hop to one neighbour, as the mesh needs it; the transports provide it.
 *
 * Sending is two steps so that nothing is copied: {@link Link.takeBuffer} lends a buffer, the mesh seals
 * messages into it, {@link Link.send} gives it back to be sent and reused.
 */
export interface Link {
  /** The transport URL of the other end, such as `udp://192.0.2.7:4840`: for logs, tables, and to tell that end (OBSERVED). */
  readonly remote: string;
  /** The port that datagrams leave from, where several links may share one; absent or null where that says nothing. */
  readonly localPort?: number | null;
  /** True where the carrier itself delivers everything, once and in order, or closes (TCP). */
  readonly reliable: boolean;
  /** The largest sealed message it carries, in bytes, as far as is known without trying. */
  readonly maxMessageBytes: number;
  /**
   * The largest message that can leave whole, in bytes: what path MTU discovery may try (RFC 8899). Equal to
   * `maxMessageBytes` where fragmentation can't be forbidden, or nothing is to be discovered.
   */
  readonly maxProbeBytes: number;
  /** False while it is connecting or its send queue is full; `linkWritable` follows. Sending meanwhile is allowed and queues. */
  readonly writable: boolean;
  /** Lends a buffer of at least `bytes` bytes, to be filled and passed to {@link Link.send}. */
  takeBuffer(bytes: number): Uint8Array;
  /**
   * Sends the first `bytes` bytes of a lent buffer, which hold messages back to back, each `messageBytes`
   * long and only the last possibly shorter. The buffer must not be touched afterwards.
   */
  send(buffer: Uint8Array, bytes: number, messageBytes: number): void;
  /** Says that the peer proved itself, so the listener remembers this link. Before that a listener may forget it at any time. */
  keep(): void;
  /** Idempotent. `linkClosed` is not called for a link that was closed from here. */
  close(): void;
}
