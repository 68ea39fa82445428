/** Learns from a connection that is in use. The calls come from whoever uses it, and cost next to nothing. */
export interface ConnectionObserver {
  /** Bytes of the program were given to the stream. */
  sent(): void;
  /** Bytes of the site came, while so many of the program's had not left yet. */
  received(unsentBytes: number): void;
  /** The connection is over. Idempotent. */
  ended(): void;
}
