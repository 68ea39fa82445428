/** What is told of a packet: its number, when it was sent, and its size on the link in bytes, sealed and without waste. */
export interface SizedPacket {
  readonly packetNumber: number;
  readonly sentAtMs: number;
  readonly bytes: number;
}

/** So many large packets in a row must be lost. */
const SUSPICIOUS_LOSSES = 3;

/**
 * Notices that a path swallows large packets while small ones pass (RFC 8899 section 4.3). A loss is put down to
 * chance where a packet that was sent later and is at least as large was acknowledged.
 */
export class BlackHole {
  #smallBytes = 0;
  #firstNumber = 0;
  #ackedNumber = -1;
  #ackedBytes = 0;
  #losses = 0;
  #leastLostBytes = Number.POSITIVE_INFINITY;
  #firstLostNumber = Number.POSITIVE_INFINITY;
  #firstLostAtMs = 0;
  #lastLostAtMs = 0;

  /** Begins anew with packets from this number on. Up to `smallBytes` they are what should pass in any case. */
  restart(smallBytes: number, firstNumber: number): void {
    this.#smallBytes = smallBytes;
    this.#firstNumber = firstNumber;
    this.#ackedNumber = -1;
    this.#ackedBytes = 0;
    this.#clear();
  }

  /** It arrived. */
  acknowledged(packet: SizedPacket): void {
    if (packet.packetNumber < this.#firstNumber || packet.bytes <= this.#smallBytes) return;
    if (packet.packetNumber > this.#ackedNumber) {
      this.#ackedNumber = packet.packetNumber;
      this.#ackedBytes = packet.bytes;
    }
    if (packet.bytes >= this.#leastLostBytes && packet.packetNumber > this.#firstLostNumber) this.#clear();
  }

  /** It did not, though something that was sent later did. */
  lost(packet: SizedPacket): void {
    const { packetNumber, bytes, sentAtMs } = packet;
    if (packetNumber < this.#firstNumber || bytes <= this.#smallBytes) return;
    if (packetNumber < this.#ackedNumber && bytes <= this.#ackedBytes) return;
    this.#lastLostAtMs = this.#losses === 0 ? sentAtMs : Math.max(this.#lastLostAtMs, sentAtMs);
    this.#firstLostAtMs = this.#losses === 0 ? sentAtMs : Math.min(this.#firstLostAtMs, sentAtMs);
    this.#firstLostNumber = Math.min(this.#firstLostNumber, packetNumber);
    this.#leastLostBytes = Math.min(this.#leastLostBytes, bytes);
    this.#losses++;
  }

  /**
   * True where several large packets in a row, sent over at least a round trip, are lost. A queue that overflows drops
   * for a shorter time. That small ones arrive needs no proof: a loss is noticed by what was sent later and arrived.
   */
  isFound(rttMs: number): boolean {
    return this.#losses >= SUSPICIOUS_LOSSES && this.#lastLostAtMs - this.#firstLostAtMs >= rttMs;
  }

  #clear(): void {
    this.#losses = 0;
    this.#leastLostBytes = Number.POSITIVE_INFINITY;
    this.#firstLostNumber = Number.POSITIVE_INFINITY;
  }
}
