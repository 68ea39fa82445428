import type { PacketCarrier } from '../session/packet-carrier.ts';
import { MAX_PAYLOAD_BYTES, SEAL_BYTES } from '../wire/header.ts';
import { MessageBatch } from './message-batch.ts';
import type { PeerLink } from './peer-link.ts';

/** Waste on messages that are not full is drawn from 0 to this, in bytes. */
const MAX_USUAL_WASTE_BYTES = 31;

/**
 * Seals one message for the way that a link leads: the payload of this length stands in `out` at `offset` + 64. Returns
 * the message's bytes, or 0 where there is no key any more.
 */
export type SealPacket = (
  out: Uint8Array,
  offset: number,
  pathId: number,
  packetNumber: number,
  payloadBytes: number,
  wasteBytes: number,
  peerLink: PeerLink,
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
  readonly relayCount: number;
  readonly #peerLink: PeerLink;
  readonly #pathId: number;
  readonly #seal: SealPacket;
  readonly #randomByte: () => number;
  readonly #batch: MessageBatch;

  constructor(peerLink: PeerLink, pathId: number, seal: SealPacket, randomByte: () => number) {
    const { link } = peerLink;
    this.#peerLink = peerLink;
    this.#pathId = pathId;
    this.#seal = seal;
    this.#randomByte = randomByte;
    this.reliable = link.reliable;
    this.relayCount = peerLink.relayCount;
    this.basePayloadBytes = Math.min(MAX_PAYLOAD_BYTES, link.maxMessageBytes - SEAL_BYTES);
    this.maxProbePayloadBytes = Math.min(MAX_PAYLOAD_BYTES, link.maxProbeBytes - SEAL_BYTES);
    this.#batch = new MessageBatch(link);
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
    const batch = this.#batch;
    const buffer = batch.room(bytes);
    const { offset } = batch;
    buffer.set(payload, offset + SEAL_BYTES);
    const peerLink = this.#peerLink;
    const sealed = this.#seal(buffer, offset, this.#pathId, packetNumber, payload.length, wasteBytes, peerLink);
    if (sealed === 0) return;
    batch.added(bytes);
    peerLink.sent(bytes);
  }

  flush(): void {
    this.#batch.flush();
  }

  /** A stream of bytes shows no message lengths, and a full datagram has no room. */
  #wasteFor(payloadBytes: number): number {
    if (this.reliable) return 0;
    return Math.max(0, Math.min(this.#randomByte() & MAX_USUAL_WASTE_BYTES, this.maxPayloadBytes - payloadBytes));
  }
}
