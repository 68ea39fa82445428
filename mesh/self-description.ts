import type { NodeId } from '../config/node-id.ts';
import type { Gossip } from './gossip/gossip.ts';
import type { GossipOutcome } from './gossip/gossip-outcome.ts';
import type { NodeAddress } from './gossip/node-address.ts';
import type { Draining, NatClass } from './gossip/node-record.ts';
import { ObservedAddresses } from './gossip/observed-addresses.ts';
import { isSameSite } from './gossip/same-site.ts';
import type { MeshNodeOptions } from './mesh-options.ts';
import type { OwnView } from './mesh-view.ts';
import { ownDescription } from './own-node.ts';

/** What this node says about itself to all, and what of it changes while it runs. */
export class SelfDescription {
  readonly #options: MeshNodeOptions;
  readonly #gossip: Gossip;
  readonly #observed = new ObservedAddresses();
  #draining: Draining | null = null;

  constructor(options: MeshNodeOptions, gossip: Gossip) {
    this.#options = options;
    this.#gossip = gossip;
  }

  get view(): Omit<OwnView, 'superseded'> {
    const { current, natClass } = this.#observed;
    return { draining: this.#draining, publicAddresses: current.map(({ host }) => host), natClass };
  }

  /** Says that this node is about to leave, or (null) that it stays; {@link publish} tells the others. */
  setDraining(draining: Draining | null): void {
    this.#draining = draining;
  }

  /** A member says where it sees this node come from. True where there is something to {@link publish}. */
  observed(by: NodeId, address: NodeAddress, localPort: number | null, nowMs: number): boolean {
    return this.#observed.told(by, address, localPort, nowMs);
  }

  /** Says which addresses the machine has. True where there is something to {@link publish}. */
  setLocalAddresses(addresses: readonly string[], nowMs: number): boolean {
    return this.#observed.setOwnAddresses(addresses, nowMs);
  }

  /** What the way in from outside is like. */
  get natClass(): NatClass {
    return this.#observed.natClass;
  }

  /** The machine's own addresses, as IP literals. */
  get localAddresses(): ReadonlySet<string> {
    return this.#observed.ownAddresses;
  }

  /** Whether others see this node, or reach it, at this address or in its network: it may be in the same one as who else is seen there. */
  isSeenIn(host: string): boolean {
    return [...this.#observed.current, ...this.#options.advertised].some((own) => isSameSite(own.host, host));
  }

  /** The session with a member is over: its word does not count any more. */
  peerGone(id: NodeId): void {
    this.#observed.forget(id);
  }

  /** Makes the own record, where it says anything new. */
  publish(ephemeralPublicKey: Uint8Array, nowMs: number): GossipOutcome {
    this.#observed.review(nowMs);
    const { current: observed, natClass } = this.#observed;
    const state = { ephemeralPublicKey, observed, natClass, draining: this.#draining };
    return this.#gossip.describeOwn(ownDescription(this.#options, state));
  }
}
