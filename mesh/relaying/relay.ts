import type { NodeId } from '../../config/node-id.ts';
import type { Link } from '../link.ts';
import type { MeshSealing } from '../mesh-sealing.ts';
import type { Peer } from '../peering/peer.ts';
import type { PeerDirectory } from '../peering/peer-directory.ts';
import type { PeerLink } from '../peering/peer-link.ts';
import { type Header, messageBytes, SEAL_BYTES } from '../wire/header.ts';
import type { NetworkKeys } from '../wire/network-keys.ts';
import type { RelayFigures } from '../mesh-view.ts';
import { Complaints } from './complaints.ts';
import { CopyFilter } from './copy-filter.ts';
import { RelayAllowance, type RelayLimits } from './relay-allowance.ts';
import { RelayOutlet } from './relay-outlet.ts';

/** Waste on messages shorter than this is drawn anew, from 0 to 31 bytes and up to this length. */
const USUAL_MESSAGE_BYTES = 1_232;
const MAX_USUAL_WASTE_BYTES = 31;

/** What a relay needs of the node around it. */
export interface RelayParts {
  readonly ownId: NodeId;
  readonly sealing: MeshSealing;
  readonly directory: PeerDirectory;
  readonly limits: RelayLimits;
  /** Whether a node, this one included, is certified as a relay. */
  isRelay(id: NodeId): boolean;
  isMember(id: NodeId): boolean;
}

/**
 * Passes messages of other nodes on to the next hop of the route that their origin wrote into them (PROTOCOL section 7):
 * only from a link on which the hop before has proven itself, only between members, never anywhere but to a node of the
 * mesh. All else gets silence. Sends with {@link flush}, which is due after each call that left something {@link isPending}.
 */
export class Relay {
  readonly #parts: RelayParts;
  readonly #copies = new CopyFilter();
  readonly #complaints = new Complaints();
  /** By the peers that messages come from: links are made quickly. */
  readonly #allowances = new WeakMap<Peer, RelayAllowance>();
  /** By the links that messages go to. */
  readonly #outlets = new WeakMap<PeerLink, RelayOutlet>();
  readonly #pending = new Set<RelayOutlet>();
  #passedBytes = 0;
  #refusedMessages = 0;

  constructor(parts: RelayParts) {
    this.#parts = parts;
  }

  /** What was passed on since it began. */
  get figures(): RelayFigures {
    return { passedBytes: this.#passedBytes, refusedMessages: this.#refusedMessages };
  }

  get isPending(): boolean {
    return this.#pending.size > 0;
  }

  /** Takes a message with a route and another destination, whose header was opened last by the node's opener. */
  pass(link: Link, header: Header, network: NetworkKeys, bytes: Uint8Array, offset: number, nowMs: number): void {
    const { ownId, directory, sealing } = this.#parts;
    const { origin, relay1, relay2, destination, hopIndex } = header;
    if (hopIndex === 2 || (hopIndex === 0 ? relay1 : relay2) !== ownId || !this.#parts.isRelay(ownId)) return;
    // Only a relay may say that a message is another's.
    if (hopIndex === 1 && (relay1 === 0 || !this.#parts.isRelay(relay1))) return;
    const entry = directory.provenEntry(link);
    const previous = hopIndex === 0 ? origin : relay1;
    const from = previous === 0 ? undefined : directory.peers.get(previous);
    if (entry === null || from === undefined || entry.owner !== from) return;
    if (origin === 0 || destination === 0) return;
    if (!this.#parts.isMember(origin) || !this.#parts.isMember(destination)) return;
    if (!this.#copies.admits(sealing.opener.tag, header.packetNumber)) return;
    if (!this.#allowanceOf(from, nowMs).take(messageBytes(header), nowMs)) {
      this.#refusedMessages++;
      return;
    }
    const next = hopIndex === 0 && relay2 !== 0 ? relay2 : destination;
    const to = directory.peers.get(next)?.directLink ?? null;
    if (to === null) return this.#complain(origin, from.id, nowMs);
    this.#send(to, header, network, bytes, offset, nowMs);
  }

  /** Sends what is pending. */
  flush(): void {
    for (const outlet of this.#pending) outlet.batch.flush();
    this.#pending.clear();
  }

  #send(to: PeerLink, header: Header, network: NetworkKeys, bytes: Uint8Array, offset: number, nowMs: number): void {
    const { sealing } = this.#parts;
    const outlet = this.#outletOf(to);
    const bareBytes = SEAL_BYTES + header.payloadBytes;
    if (!outlet.takes(bareBytes, nowMs)) return;
    const roomBytes = to.link.reliable ? 0 : Math.max(0, USUAL_MESSAGE_BYTES - bareBytes);
    const wasteBytes = Math.min(roomBytes, sealing.randomByte() & MAX_USUAL_WASTE_BYTES);
    const buffer = outlet.batch.room(bareBytes + wasteBytes);
    const sent = sealing.forward(buffer, outlet.batch.offset, bytes, offset, header, network, wasteBytes);
    if (sent === 0) return;
    outlet.batch.added(sent);
    this.#passedBytes += sent;
    this.#pending.add(outlet);
  }

  /** Tells the origin of the message whose header was opened last, where that is a peer, that it leads nowhere. */
  #complain(origin: NodeId, from: NodeId, nowMs: number): void {
    const { directory, sealing } = this.#parts;
    const peer = directory.peers.get(origin);
    if (peer?.isUp !== true || !this.#complaints.mayTell(origin, from, nowMs)) return;
    peer.session.sendFrame({ type: 'unreachable', tag: sealing.opener.tag.slice() }, false);
  }

  #allowanceOf(from: Peer, nowMs: number): RelayAllowance {
    let allowance = this.#allowances.get(from);
    if (allowance === undefined) {
      allowance = new RelayAllowance(this.#parts.limits, nowMs);
      this.#allowances.set(from, allowance);
    }
    return allowance;
  }

  #outletOf(peerLink: PeerLink): RelayOutlet {
    let outlet = this.#outlets.get(peerLink);
    if (outlet === undefined) {
      outlet = new RelayOutlet(peerLink);
      this.#outlets.set(peerLink, outlet);
    }
    return outlet;
  }
}
