/** The little of time that sockets need, handed in so that tests can turn the clock themselves. */
export interface Scheduler {
  /** Milliseconds since some fixed moment; never steps. */
  nowMs(): number;
  /** Calls `fire` once after `delayMs` milliseconds, unless the returned function is called before. */
  after(delayMs: number, fire: () => void): () => void;
}
