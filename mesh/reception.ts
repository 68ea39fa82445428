import type { NodeId } from '../config/node-id.ts';
import type { FormerProcesses } from './former-processes.ts';
import type { Gossip } from './gossip/gossip.ts';
import type { GossipDesk } from './gossip-desk.ts';
import type { Link } from './link.ts';
import type { MeshSealing } from './mesh-sealing.ts';
import type { Greeter } from './peering/greeter.ts';
import type { PeerDirectory } from './peering/peer-directory.ts';
import type { PunchDesk } from './punching/punch-desk.ts';
import type { Relay } from './relaying/relay.ts';
import { Header, messageBytes, SEAL_BYTES } from './wire/header.ts';
import type { KeyRing } from './wire/key-ring.ts';
import type { NetworkKeys } from './wire/network-keys.ts';

/** As many datagrams come in one piece at most (Linux's limit for UDP_GRO). */
const MAX_SEGMENTS = 64;

/** What the reception hands messages to. */
export interface ReceptionParts {
  readonly ownId: NodeId;
  readonly sealing: MeshSealing;
  readonly ring: KeyRing;
  readonly greeter: Greeter;
  readonly gossip: Gossip;
  readonly desk: GossipDesk;
  readonly directory: PeerDirectory;
  readonly formers: Pick<FormerProcesses, 'greeted'>;
  readonly relay: Relay;
  readonly punches: Pick<PunchDesk, 'challenged'>;
}

/**
 * Where every byte from a link comes in: it recognises messages, opens those of level 0 itself and gives those of level
 * 2 to their peer. Everything else ends here, silently.
 */
export class Reception {
  readonly #parts: ReceptionParts;

  constructor(parts: ReceptionParts) {
    this.#parts = parts;
  }

  /**
   * Takes messages back to back. Where none begins, a datagram link's may go on with the next datagram of the piece; of
   * what a stream brings the rest is lost.
   */
  receive(link: Link, bytes: Uint8Array, nowMs: number): void {
    // A Buffer's views are Buffers, which take longer to make.
    const plain = Buffer.isBuffer(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes;
    this.#receiveAll(link, plain, nowMs);
    if (this.#parts.relay.isPending) this.#parts.relay.flush();
  }

  #receiveAll(link: Link, bytes: Uint8Array, nowMs: number): void {
    const { sealing, ring, directory } = this.#parts;
    // A header of its own, because a HELLO may bring back messages that waited for it.
    const header = new Header();
    let misses = 0;
    for (let offset = 0; offset + SEAL_BYTES <= bytes.length;) {
      const network = sealing.opener.openHeader(bytes, offset, ring, header);
      const length = network === null ? 0 : messageBytes(header);
      if (network !== null && offset + length <= bytes.length) {
        this.#take(link, header, network, bytes, offset, nowMs);
        offset += length;
        continue;
      }
      misses++;
      if (link.reliable || misses > MAX_SEGMENTS) return;
      const segments = directory.links.get(link)?.peerLink.segments;
      offset = segments?.next(offset, bytes.length) ?? bytes.length;
    }
  }

  #take(link: Link, header: Header, network: NetworkKeys, bytes: Uint8Array, offset: number, nowMs: number): void {
    if (header.relay1 === 0) this.#takeDirect(link, header, network, bytes, offset, nowMs);
    else this.#takeRouted(link, header, network, bytes, offset, nowMs);
  }

  /** A message with a route is passed on, or goes on as if it had come by a link of its own. */
  #takeRouted(
    link: Link,
    header: Header,
    network: NetworkKeys,
    bytes: Uint8Array,
    offset: number,
    nowMs: number,
  ): void {
    const { origin, relay1, relay2, destination, hopIndex } = header;
    const { ownId, directory, relay } = this.#parts;
    if (origin === 0 || relay1 === 0 || origin === ownId) return;
    if (destination !== ownId) return relay.pass(link, header, network, bytes, offset, nowMs);
    if (hopIndex !== (relay2 === 0 ? 1 : 2)) return;
    const routed = directory.arrivedBy(link, origin, relay2 === 0 ? [relay1] : [relay2, relay1]);
    if (routed !== null) this.#takeDirect(routed, header, network, bytes, offset, nowMs);
  }

  #takeDirect(
    link: Link,
    header: Header,
    network: NetworkKeys,
    bytes: Uint8Array,
    offset: number,
    nowMs: number,
  ): void {
    const { origin, destination, keyLevel } = header;
    const { ownId, directory } = this.#parts;
    if (origin === 0 || origin === ownId) return;
    if (keyLevel === 0) {
      if (destination === ownId || destination === 0) this.#greet(link, origin, header, network, bytes, offset, nowMs);
      return;
    }
    const peer = destination === ownId ? directory.peers.get(origin) : undefined;
    if (peer === undefined) return;
    const entry = directory.links.find(link, peer);
    // Counted before it is known whose it is: what does not verify is not answered, and the entry is not kept.
    const lengthBytes = messageBytes(header);
    entry.peerLink.received(lengthBytes);
    const isItsOwn = peer.receive(entry.peerLink, header, network, bytes, offset, nowMs);
    if (isItsOwn) entry.peerLink.segments.heard(lengthBytes);
    // What it brought may have put the peer itself out.
    if (isItsOwn && directory.peers.get(origin) === peer) directory.claim(entry, peer, nowMs);
  }

  #greet(
    link: Link,
    origin: NodeId,
    header: Header,
    network: NetworkKeys,
    bytes: Uint8Array,
    offset: number,
    nowMs: number,
  ): void {
    const { sealing, greeter, gossip, desk, directory } = this.#parts;
    const { destination } = header;
    const payload = sealing.open(bytes, offset, header, network, network.bootstrap);
    const greeting = payload === null ? null : greeter.read(payload);
    if (greeting === null) return;
    const { hello, challenge } = greeting;
    if (hello === null) {
      // Whoever is brought together with this node need not be a peer yet.
      if (challenge === null) return;
      directory.links.get(link)?.peerLink.received(messageBytes(header));
      if (this.#parts.punches.challenged(origin, link, challenge, messageBytes(header), nowMs)) return;
      const known = directory.peers.get(origin);
      return known?.receiveChallenge(directory.links.find(link, known).peerLink, challenge, nowMs);
    }
    if (!greeter.isGenuine(hello, origin, destination)) {
      const from = { origin, destination, messageBytes: messageBytes(header) };
      return this.#parts.formers.greeted(link, hello, from, network, nowMs);
    }
    const { addition, outcome } = gossip.admit(hello.credential, nowMs, sealing.wallS());
    desk.carryOut(outcome, nowMs);
    const { identity } = hello.credential.binding;
    const peer = addition.verdict === 'accepted' ? directory.ensure(origin, identity) : null;
    if (peer === null) return;
    greeter.window.accept(identity, hello);
    const entry = directory.links.find(link, peer);
    entry.peerLink.received(messageBytes(header));
    directory.claim(entry, peer, nowMs);
    peer.receiveHello(hello, entry.peerLink, network, challenge, nowMs);
  }
}
