import type { Endpoint } from '../../config/endpoint.ts';
import type { NodeId } from '../../config/node-id.ts';
import type { Gossip } from '../gossip/gossip.ts';
import type { Link } from '../link.ts';
import type { NetworkRing } from '../network-ring.ts';
import type { Greeter } from '../peering/greeter.ts';
import type { MailFrame } from '../peering/peer-context.ts';
import type { PeerDirectory } from '../peering/peer-directory.ts';
import type { RandomSource } from '../random-source.ts';
import type { SelfDescription } from '../self-description.ts';
import { PunchCoordinator } from './punch-coordinator.ts';
import { PunchDesk } from './punch-desk.ts';

const TOKEN_BYTES = 8;

/** What punching is made from. */
export interface PunchingParts {
  readonly ownId: NodeId;
  /** Whether others can reach this node themselves. */
  readonly isServer: boolean;
  readonly directory: PeerDirectory;
  readonly gossip: Gossip;
  readonly greeter: Greeter;
  readonly networks: NetworkRing;
  readonly random: RandomSource;
  readonly self: Pick<SelfDescription, 'natClass' | 'localAddresses' | 'isSeenIn'>;
  /** Asks the process for a link from the same port as another. */
  dial(dialId: number, endpoint: Endpoint, beside: Link): void;
}

/** Both sides of PUNCH: getting through to nodes with the help of servers, and bringing others together. */
export class Punching {
  /** This node's own attempts. */
  readonly desk: PunchDesk;
  readonly #coordinator: PunchCoordinator;

  constructor({ ownId, isServer, directory, gossip, greeter, networks, random, self, dial }: PunchingParts) {
    this.desk = new PunchDesk({
      ownId,
      peers: directory.peers,
      isMember: (id) => gossip.membership.member(id) !== null,
      isServer: (id) =>
        gossip.table.get(id)?.server === true || directory.peers.get(id)?.directLink?.dialled?.transport === 'udp',
      natClassOf: (id) => (id === ownId ? self.natClass : (gossip.table.get(id)?.natClass ?? 'unknown')),
      isListening: (id) => gossip.table.get(id)?.server === true,
      isSeenIn: (host) => self.isSeenIn(host),
      isNear: (id) => gossip.table.get(id)?.addresses.some(({ host }) => self.isSeenIn(host)) === true,
      localAddresses: () => self.localAddresses,
      dial: (endpoint, beside) => {
        const dialId = directory.links.takeDialId();
        dial(dialId, endpoint, beside);
        return dialId;
      },
      sendOpener: (link, to, token) => {
        const knowsNewest = directory.peers.get(to)?.session.sealer.knowsNewestNetwork ?? false;
        greeter.sendOpener(link, to, networks.pick(knowsNewest), token);
      },
      greet: (peer, link, receivedBytes, nowMs) => directory.greet(peer, link, receivedBytes, nowMs),
      isTaken: (link, id) => directory.isTaken(link, id),
    });
    this.#coordinator = new PunchCoordinator({
      peers: directory.peers,
      isServer,
      makeToken: () => {
        const token = new Uint8Array(TOKEN_BYTES);
        random.fill(token);
        return token;
      },
    });
  }

  /** When {@link tick} has something to do. */
  get wakeAtMs(): number {
    return Math.min(this.desk.wakeAtMs, this.#coordinator.wakeAtMs);
  }

  tick(nowMs: number): void {
    this.desk.tick(nowMs);
    this.#coordinator.tick(nowMs);
  }

  /** Takes a PUNCH of a member. */
  receive(from: NodeId, frame: Extract<MailFrame, { readonly type: 'punch' }>, nowMs: number): void {
    switch (frame.step) {
      case 'ask':
        return this.#coordinator.ask(from, frame.node, nowMs);
      case 'lead':
      case 'follow':
        return this.desk.begin(from, frame, nowMs);
      case 'local':
        return this.desk.localTold(from, frame, nowMs);
    }
  }
}
