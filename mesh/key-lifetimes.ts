import type { NodeId } from '../config/node-id.ts';
import type { KeyChange } from './gossip/key-change.ts';
import type { MeshSealing } from './mesh-sealing.ts';
import type { NetworkRing } from './network-ring.ts';
import type { Peer } from './peering/peer.ts';
import type { EphemeralKeys } from './wire/ephemeral-keys.ts';
import type { NetworkKeys } from './wire/network-keys.ts';
import type { Sodium } from './wire/sodium.ts';

/** What the lifetimes of keys are kept with. */
export interface KeyParts {
  readonly sodium: Sodium;
  readonly sealing: MeshSealing;
  readonly ephemeral: EphemeralKeys;
  readonly networks: NetworkRing;
  readonly peers: ReadonlyMap<NodeId, Peer>;
  /** There is a new ephemeral key, or an old one is gone. */
  readonly renewed: () => void;
}

/** Makes and erases the node's ephemeral keys, and ends network keys, when it is time: nothing derived from them is left. */
export class KeyLifetimes {
  readonly #parts: KeyParts;

  constructor(parts: KeyParts) {
    this.#parts = parts;
  }

  /** When {@link tick} is due, in ms; never Infinity. */
  get wakeAtMs(): number {
    return Math.min(this.#parts.ephemeral.wakeAtMs, this.#networkEndsAtMs);
  }

  /** `sleptMs` is by how much the monotonic clock fell behind since the last call. */
  tick(nowMs: number, sleptMs: number): void {
    const { ephemeral, networks, peers, renewed } = this.#parts;
    if (nowMs >= this.#networkEndsAtMs) this.#drop(networks.expire(networks.expiresAtS));
    if (sleptMs === 0 && nowMs < ephemeral.wakeAtMs) return;
    // Whole numbers, with which sums and differences agree: or it would want to be ticked again, and change nothing.
    if (!ephemeral.tick(Math.floor(nowMs), Math.ceil(sleptMs))) return;
    for (const peer of peers.values()) peer.ephemeralChanged(nowMs);
    renewed();
  }

  /** Takes a verified change of the network key. Who has shown to know the one before has yet to show it of this one. */
  change(change: KeyChange): void {
    const { networks, peers } = this.#parts;
    this.#drop(networks.apply(change));
    for (const peer of peers.values()) peer.session.sealer.knowsNewestNetwork = false;
  }

  get #networkEndsAtMs(): number {
    return this.#parts.sealing.nowMsAt(this.#parts.networks.expiresAtS);
  }

  #drop(network: NetworkKeys | null): void {
    if (network === null) return;
    for (const peer of this.#parts.peers.values()) peer.keys.dropNetwork(network);
    network.wipe(this.#parts.sodium);
  }
}
