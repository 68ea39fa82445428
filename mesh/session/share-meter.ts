/** The last minute is counted in twelve parts. */
const PART_MS = 5_000;
const PARTS = 12;

/** Bytes of packets with users' data in them, sealed, repairs, parity and copies included. */
export interface ShareFigures {
  /** Since the session began. */
  readonly sentBytes: number;
  /** Of these by way of other nodes. */
  readonly relayedBytes: number;
  /** In the last minute. */
  readonly minuteSentBytes: number;
  readonly minuteRelayedBytes: number;
  /** Bytes that were to go by way of other nodes while there was one, and that it could not take; since the session began. */
  readonly refusedBytes: number;
}

/** Measures what share of a session's bytes goes by way of other nodes, in all and in the last minute. */
export class ShareMeter {
  #sentBytes = 0;
  #relayedBytes = 0;
  #refusedBytes = 0;
  readonly #sent = new Float64Array(PARTS);
  readonly #relayed = new Float64Array(PARTS);
  /** Parts since time began: the one that is counted in now. */
  #part = 0;
  #partEndsAtMs = Number.NEGATIVE_INFINITY;

  /** Counts a packet. */
  count(bytes: number, isRelayed: boolean, nowMs: number): void {
    if (nowMs >= this.#partEndsAtMs) this.#advance(nowMs);
    const index = this.#part % PARTS;
    this.#sentBytes += bytes;
    this.#sent[index]! += bytes;
    if (!isRelayed) return;
    this.#relayedBytes += bytes;
    this.#relayed[index]! += bytes;
  }

  refused(bytes: number): void {
    this.#refusedBytes += bytes;
  }

  figures(nowMs: number): ShareFigures {
    if (nowMs >= this.#partEndsAtMs) this.#advance(nowMs);
    return {
      sentBytes: this.#sentBytes,
      relayedBytes: this.#relayedBytes,
      minuteSentBytes: sum(this.#sent),
      minuteRelayedBytes: sum(this.#relayed),
      refusedBytes: Math.round(this.#refusedBytes),
    };
  }

  #advance(nowMs: number): void {
    const part = Math.floor(nowMs / PART_MS);
    const passed = Math.min(PARTS, part - this.#part);
    for (let index = 1; index <= passed; index++) {
      this.#sent[(this.#part + index) % PARTS] = 0;
      this.#relayed[(this.#part + index) % PARTS] = 0;
    }
    if (passed > 0) this.#part = part;
    this.#partEndsAtMs = (this.#part + 1) * PART_MS;
  }
}

function sum(parts: Float64Array): number {
  let total = 0;
  for (const bytes of parts) total += bytes;
  return total;
}
