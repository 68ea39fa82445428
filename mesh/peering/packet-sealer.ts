import type { NodeId } from '../../config/node-id.ts';
import { Header } from '../wire/header.ts';
import type { PeerContext } from './peer-context.ts';
import type { PeerKeys } from './peer-keys.ts';
import type { PeerLink } from './peer-link.ts';
import type { NetworkKeys } from '../wire/network-keys.ts';
import type { SessionNumbers } from './session-numbers.ts';

/** Seals the packets of the sessions with one peer, under the newest keys that the peer is known to have. */
export class PacketSealer {
  /** Sealed payload, in bytes, since the node started. */
  payloadBytes = 0;
  /** The peer has shown to have the newest network key. */
  knowsNewestNetwork = false;
  readonly #context: PeerContext;
  readonly #keys: PeerKeys;
  readonly #numbers: SessionNumbers;
  readonly #header = new Header();

  constructor(context: PeerContext, peer: NodeId, keys: PeerKeys, numbers: SessionNumbers) {
    this.#context = context;
    this.#keys = keys;
    this.#numbers = numbers;
    this.#header.origin = context.ownId;
    this.#header.destination = peer;
  }

  /** As `SealPacket` of a link's carrier. */
  seal(
    out: Uint8Array,
    offset: number,
    pathId: number,
    packetNumber: number,
    payloadBytes: number,
    wasteBytes: number,
    peerLink: PeerLink,
  ): number {
    const header = this.#header;
    const network = this.#context.networkFor(this.knowsNewestNetwork);
    header.relay1 = peerLink.relay1;
    header.relay2 = peerLink.relay2;
    header.pathId = pathId;
    header.packetNumber = packetNumber;
    header.session = this.#numbers.settled;
    header.payloadBytes = payloadBytes;
    header.wasteBytes = wasteBytes;
    const key = this.#keys.sendKey(header, network);
    if (key === null) return 0;
    this.payloadBytes += payloadBytes;
    return this.#context.seal(out, offset, header, network, key);
  }

  /** Without an answer HELLOs try one network key and then the other, while two are accepted. */
  networkForHello(peerLink: PeerLink): NetworkKeys {
    return this.#context.networkFor(this.knowsNewestNetwork || peerLink.nextNetwork === 'newest');
  }
}
