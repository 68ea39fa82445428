/** What a session's path needs of the link below: sealed messages out, one packet each. */
export interface PacketCarrier {
  /** The most payload a packet may hold, in bytes: set by the path as it learns what passes. */
  maxPayloadBytes: number;
  /** That, as far as is known without trying (PROTOCOL section 4), and the most that may be tried, in bytes. */
  readonly basePayloadBytes: number;
  readonly maxProbePayloadBytes: number;
  /** What sealing adds to a payload, in bytes, without waste. */
  readonly overheadBytes: number;
  /** True where the link delivers everything in order or closes. */
  readonly reliable: boolean;
  /** How many relays are on the way. */
  readonly relayCount: number;
  /** False while the link's queue is full, or as much was sent as an unvalidated address may get. */
  readonly writable: boolean;
  /** Seals and sends one packet. `payload` is valid within the call only. */
  send(packetNumber: number, payload: Uint8Array): void;
  /** The packets of this turn are all there: a link that batches may send them now. */
  flush(): void;
}
