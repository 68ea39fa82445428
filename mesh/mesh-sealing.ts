import type { RandomSource } from './random-source.ts';
import { type Header, MAX_PAYLOAD_BYTES } from './wire/header.ts';
import { tickOf, ticksAfter, timeSecondsOf } from './wire/mesh-time.ts';
import { MessageOpener } from './wire/message-opener.ts';
import { MessageSealer } from './wire/message-sealer.ts';
import type { NetworkKeys } from './wire/network-keys.ts';
import type { Sodium } from './wire/sodium.ts';

/** Seals and opens for a whole node: one scratch memory, one clock, one supply of random bytes. */
export class MeshSealing {
  readonly opener: MessageOpener;
  readonly #sealer: MessageSealer;
  readonly #random: RandomSource;
  readonly #plain = new Uint8Array(MAX_PAYLOAD_BYTES);
  readonly #randomBytes = new Uint8Array(256);
  #randomUsed = 256;
  #wallAheadMs = 0;
  #nowMs = 0;

  constructor(sodium: Sodium, random: RandomSource) {
    this.opener = new MessageOpener(sodium);
    this.#sealer = new MessageSealer(sodium, random);
    this.#random = random;
  }

  /** Says what the wall clock shows at a moment of the monotonic one; both in ms. */
  setWallClock(nowMs: number, wallMs: number): void {
    this.#nowMs = nowMs;
    this.#wallAheadMs = wallMs - nowMs;
  }

  /** The moment that messages sealed from now on are stamped with. */
  setNow(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  /** The moment of the call that is being answered, monotonic, in ms. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** How far the wall clock is ahead of the monotonic one, in ms. */
  get wallAheadMs(): number {
    return this.#wallAheadMs;
  }

  /** Seconds since 1970. */
  wallS(): number {
    return (this.#nowMs + this.#wallAheadMs) / 1_000;
  }

  /** When, on the monotonic clock in ms, the wall clock will show that many seconds since 1970. */
  nowMsAt(wallS: number): number {
    return wallS * 1_000 - this.#wallAheadMs;
  }

  randomByte(): number {
    if (this.#randomUsed === this.#randomBytes.length) {
      this.#random.fill(this.#randomBytes);
      this.#randomUsed = 0;
    }
    return this.#randomBytes[this.#randomUsed++]!;
  }

  /** Stamps the header and seals the payload at `offset` + 64 of `out`. Returns the message's bytes. */
  seal(out: Uint8Array, offset: number, header: Header, network: NetworkKeys, key: Uint8Array): number {
    const wallMs = this.#nowMs + this.#wallAheadMs;
    header.timeSeconds = timeSecondsOf(wallMs);
    header.tick = tickOf(wallMs);
    return this.#sealer.seal(out, offset, header, network, key);
  }

  /** Seals an opened message again for its next hop, as `MessageSealer.forward` does, with this node's tick. */
  forward(
    out: Uint8Array,
    outOffset: number,
    bytes: Uint8Array,
    offset: number,
    header: Header,
    network: NetworkKeys,
    wasteBytes: number,
  ): number {
    const tick = ticksAfter(header.timeSeconds, header.tick, this.#nowMs + this.#wallAheadMs);
    return this.#sealer.forward(out, outOffset, bytes, offset, header, network, tick, wasteBytes);
  }

  /** Opens a payload into memory that is valid until the next call; null where it was not sealed with this key. */
  open(bytes: Uint8Array, offset: number, header: Header, network: NetworkKeys, key: Uint8Array): Uint8Array | null {
    const plain = this.#plain.subarray(0, header.payloadBytes);
    return this.opener.openPayload(bytes, offset, header, network, key, plain) ? plain : null;
  }
}
