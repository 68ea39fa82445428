import type { MeshNodeOptions } from './mesh-options.ts';
import type { NodeId } from '../config/node-id.ts';
import type { Gossip } from './gossip/gossip.ts';
import type { MeshSealing } from './mesh-sealing.ts';
import type { NetworkRing } from './network-ring.ts';
import type { Greeter } from './peering/greeter.ts';
import type { PeerContext, PeerEvent } from './peering/peer-context.ts';
import type { PeerLink } from './peering/peer-link.ts';
import type { PunchDesk } from './punching/punch-desk.ts';
import { DEFAULT_PORTION, type PortionSettings } from './session/portion.ts';
import type { EphemeralKeys } from './wire/ephemeral-keys.ts';
import type { Header } from './wire/header.ts';
import type { NetworkKeys } from './wire/network-keys.ts';

/** What the services are made from. */
export interface ServiceParts {
  readonly options: Pick<MeshNodeOptions, 'id' | 'wantsExits' | 'sendBytesPerMs' | 'portion'>;
  readonly sealing: MeshSealing;
  readonly networks: NetworkRing;
  readonly ephemeral: EphemeralKeys;
  readonly greeter: Greeter;
  readonly gossip: Gossip;
  readonly routes: PeerContext['routes'];
  readonly retry: PeerContext['retry'];
  readonly used: PeerContext['used'];
  readonly emit: (peer: NodeId, event: PeerEvent) => void;
  readonly punches: () => Pick<PunchDesk, 'canAsk' | 'ask'>;
}

/** What every peer gets from its node, but for links. */
export class PeerServices implements Omit<PeerContext, 'dial' | 'hangUp'> {
  readonly ownId: NodeId;
  readonly declaresDeath: boolean;
  readonly sendBytesPerMs: number | null;
  readonly portion: PortionSettings;
  readonly retry: PeerContext['retry'];
  readonly used: PeerContext['used'];
  readonly emit: PeerContext['emit'];
  readonly routes: PeerContext['routes'];
  readonly #parts: ServiceParts;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.ownId = parts.options.id;
    this.declaresDeath = parts.options.wantsExits;
    this.sendBytesPerMs = parts.options.sendBytesPerMs;
    this.portion = parts.options.portion ?? DEFAULT_PORTION;
    this.retry = parts.retry;
    this.used = parts.used;
    this.emit = parts.emit;
    this.routes = parts.routes;
  }

  canPunch(id: NodeId): boolean {
    return this.#parts.punches().canAsk(id);
  }

  punch(id: NodeId, nowMs: number): boolean {
    return this.#parts.punches().ask(id, nowMs);
  }

  wallS(): number {
    return this.#parts.sealing.wallS();
  }

  randomByte(): number {
    return this.#parts.sealing.randomByte();
  }

  seal(out: Uint8Array, offset: number, header: Header, network: NetworkKeys, key: Uint8Array): number {
    return this.#parts.sealing.seal(out, offset, header, network, key);
  }

  open(bytes: Uint8Array, offset: number, header: Header, network: NetworkKeys, key: Uint8Array): Uint8Array | null {
    return this.#parts.sealing.open(bytes, offset, header, network, key);
  }

  networkFor(knowsNewest: boolean): NetworkKeys {
    return this.#parts.networks.pick(knowsNewest);
  }

  isNewest(network: NetworkKeys): boolean {
    return network === this.#parts.networks.ring.newest;
  }

  sendHello(
    peerLink: PeerLink,
    destination: NodeId | 0,
    session: number,
    peerKeyId: number,
    network: NetworkKeys,
  ): void {
    const { greeter, gossip, ephemeral } = this.#parts;
    const { credential } = gossip;
    const ephemeralPublicKey = ephemeral.current.publicKey;
    greeter.sendHello(peerLink, destination, network, { credential, ephemeralPublicKey, session, peerKeyId });
  }

  sendChallenge(peerLink: PeerLink, destination: NodeId, network: NetworkKeys): void {
    this.#parts.greeter.sendChallenge(peerLink, destination, network);
  }
}
