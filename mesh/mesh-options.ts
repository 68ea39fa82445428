import type { NodePosition } from '../config/config.ts';
import type { Endpoint } from '../config/endpoint.ts';
import type { NodeId } from '../config/node-id.ts';
import type { RandomSource } from './random-source.ts';
import type { RelayLimits } from './relaying/relay-allowance.ts';
import type { PortionSettings } from './session/portion.ts';
import type { RouteSource } from './routing/route-source.ts';
import type { Sodium } from './wire/sodium.ts';

/** A server to start from. `id` is null where only its address is known. */
export interface FirstServer {
  readonly id: NodeId | null;
  readonly endpoints: readonly Endpoint[];
}

/** What a node of the mesh is made from. */
export interface MeshNodeOptions {
  readonly id: NodeId;
  readonly name: string;
  /** ISO 3166, two upper-case letters, or empty. */
  readonly country: string;
  /** Where this node says that it is, or null. */
  readonly position: NodePosition | null;
  readonly softwareVersion: string;
  /** 32 bytes, as are the next two. */
  readonly networkKey: Uint8Array;
  readonly adminPublicKey: Uint8Array;
  /** Ed25519 seed. */
  readonly identitySeed: Uint8Array;
  /** As the configuration has it; a witness that was learned later is in `persisted`. */
  readonly credential: Uint8Array;
  /** Where others can reach this node; empty for one that only dials. */
  readonly advertised: readonly Endpoint[];
  readonly servers: readonly FirstServer[];
  /** Keeps a session with every exit, and declares silent ones dead: what a node with a proxy does. */
  readonly wantsExits: boolean;
  /** The rate of each session on datagram links, in bytes per ms; what congestion control finds where it is null. */
  readonly sendBytesPerMs: number | null;
  /** What of its users' data goes by way of other nodes; absent: as is usual. */
  readonly portion?: PortionSettings;
  /** How much each link's messages are passed on for, where this node is certified as a relay; absent: the default. */
  readonly relayLimits?: RelayLimits;
  /** Knows the ways over relays; absent: what gossip tells of them. */
  readonly routes?: RouteSource;
  readonly sodium: Sodium;
  readonly random: RandomSource;
  /** What {@link MeshNode.persisted} gave before, or anything else. */
  readonly persisted: unknown;
  /** Monotonic, in ms. */
  readonly nowMs: number;
  /** Since 1970, in ms. */
  readonly wallMs: number;
}
