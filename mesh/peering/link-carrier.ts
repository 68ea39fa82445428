import type { PacketCarrier } from '../session/packet-carrier.ts';
import { MAX_PAYLOAD_BYTES, SEAL_BYTES } from '../wire/header.ts';
import type { PeerLink } from './peer-link.ts';

/** The most that goes to a link in one piece: what one UDP send carries at most (RFC 768, IPv4), in bytes. */
const MAX_BATCH_BYTES = 65_507;
/** The most messages in a batch on a datagram link: the kernel's limit for segments. */
const MAX_BATCH_MESSAGES = 64;
/** Waste on messages that are not full is drawn from 0 to this, in bytes. */
const MAX_USUAL_WASTE_BYTES = 31;

/**
 * Seals one message: the payload of this length stands in `out` at `offset` + 64. Returns the message's bytes, or 0
 * where there is no key any more.
 */
export type SealPacket = (
  out: Uint8Array,
  offset: number,
  pathId: number,
  packetNumber: number,
  payloadBytes: number,
  wasteBytes: number,
) => number;

/**
 * Puts one path's packets onto a link, sealed in place in the link's own buffers: messages of equal size go as one
 * batch, a shorter one ends it.
 */
export class LinkCarrier implements PacketCarrier {
  readonly overheadBytes = SEAL_BYTES;
  readonly basePayloadBytes: number;
  readonly maxProbePayloadBytes: number;
  readonly reliable: boolean;
  readonly #peerLink: PeerLink;
  readonly #pathId: number;
  readonly #seal: SealPacket;
  readonly #randomByte: () => number;
  readonly #bufferBytes: number;
  #buffer: Uint8Array | null = null;
  #usedBytes = 0;
  #messageBytes = 0;
  #messages = 0;

  constructor(peerLink: PeerLink, pathId: number, seal: SealPacket, randomByte: () => number) {
    const { link } = peerLink;
    this.#peerLink = peerLink;
    this.#pathId = pathId;
    this.#seal = seal;
    this.#randomByte = randomByte;
    this.reliable = link.reliable;
    this.basePayloadBytes = Math.min(MAX_PAYLOAD_BYTES, link.maxMessageBytes - SEAL_BYTES);
    this.maxProbePayloadBytes = Math.min(MAX_PAYLOAD_BYTES, link.maxProbeBytes - SEAL_BYTES);
    this.#bufferBytes = Math.max(MAX_BATCH_BYTES, link.maxMessageBytes);
  }

  /** The link remembers it, for the paths of later sessions. */
  get maxPayloadBytes(): number {
    return this.#peerLink.maxPayloadBytes ?? this.basePayloadBytes;
  }

  set maxPayloadBytes(bytes: number) {
    this.#peerLink.maxPayloadBytes = bytes;
  }

  get writable(): boolean {
    return this.#peerLink.isWritable;
  }

  send(packetNumber: number, payload: Uint8Array): void {
    const wasteBytes = this.#wasteFor(payload.length);
    const bytes = SEAL_BYTES + payload.length + wasteBytes;
    const isBatchOver = this.#messages > 0 && !this.reliable && bytes > this.#messageBytes;
    if (isBatchOver || this.#usedBytes + bytes > this.#limitBytes) this.flush();
    this.#buffer ??= this.#peerLink.link.takeBuffer(this.#bufferBytes);
    this.#buffer.set(payload, this.#usedBytes + SEAL_BYTES);
    const sealed = this.#seal(this.#buffer, this.#usedBytes, this.#pathId, packetNumber, payload.length, wasteBytes);
    if (sealed === 0) return;
    if (this.#messages === 0) this.#messageBytes = bytes;
    this.#usedBytes += bytes;
    this.#messages++;
    this.#peerLink.sent(bytes);
    if (!this.reliable && (bytes < this.#messageBytes || this.#messages === MAX_BATCH_MESSAGES)) this.flush();
  }

  flush(): void {
    const buffer = this.#buffer;
    if (buffer === null || this.#usedBytes === 0) return;
    const { link } = this.#peerLink;
    const messageBytes = this.reliable ? this.#usedBytes : this.#messageBytes;
    link.send(buffer, this.#usedBytes, messageBytes);
    this.#buffer = null;
    this.#usedBytes = 0;
    this.#messages = 0;
  }

  get #limitBytes(): number {
    return this.reliable ? this.#bufferBytes : MAX_BATCH_BYTES;
  }

  /** A stream of bytes shows no message lengths, and a full datagram has no room. */
  #wasteFor(payloadBytes: number): number {
    if (this.reliable) return 0;
    return Math.max(0, Math.min(this.#randomByte() & MAX_USUAL_WASTE_BYTES, this.maxPayloadBytes - payloadBytes));
  }
}
