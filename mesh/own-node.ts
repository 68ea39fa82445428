import { decodeCredential } from './gossip/credential.ts';
import { Gossip } from './gossip/gossip.ts';
import type { Incarnation } from './gossip/incarnation.ts';
import type { NodeAddress } from './gossip/node-address.ts';
import type { Draining, NatClass, NodeDescription } from './gossip/node-record.ts';
import type { MeshNodeOptions } from './mesh-options.ts';
import type { MeshSealing } from './mesh-sealing.ts';
import type { PeerDirectory } from './peering/peer-directory.ts';
import { Relay } from './relaying/relay.ts';
import { DEFAULT_RELAY_LIMITS } from './relaying/relay-allowance.ts';
import type { OwnStatic } from './wire/pair-keys.ts';
import type { KeyPair } from './wire/sodium.ts';

/** The longest gossip frame content that fits into a datagram of 1,232 bytes. */
const MAX_GOSSIP_BYTES = 1_150;

/** The own gossip, with what was saved of it. Throws a RangeError where the credential is malformed or another number's. */
export function ownGossip(
  options: MeshNodeOptions,
  identity: KeyPair,
  incarnation: Incarnation,
  saved: unknown,
): Gossip {
  const { sodium, adminPublicKey, id } = options;
  const credential = decodeCredential(options.credential);
  if (credential?.certificate.id !== id) throw new RangeError(`no credential for node ${id}`);
  const maxFrameBytes = MAX_GOSSIP_BYTES;
  return new Gossip({ sodium, adminPublicKey, identity, credential, incarnation, maxFrameBytes, saved });
}

/** The own part of every pair key. Throws a RangeError where the identity is no usable key. */
export function ownStatic({ sodium, id }: MeshNodeOptions, identity: KeyPair): OwnStatic {
  const publicKey = sodium.x25519FromSignPublic(identity.publicKey);
  if (publicKey === null) throw new RangeError('the identity is no usable key');
  return { id, publicKey, secretKey: sodium.x25519FromSignSecret(identity.secretKey) };
}

/** Passes on for members, where this node is certified to. */
export function ownRelay(
  { id, relayLimits }: Pick<MeshNodeOptions, 'id' | 'relayLimits'>,
  gossip: Gossip,
  sealing: MeshSealing,
  directory: PeerDirectory,
): Relay {
  return new Relay({
    ownId: id,
    sealing,
    directory,
    limits: relayLimits ?? DEFAULT_RELAY_LIMITS,
    isRelay: (member) => gossip.membership.member(member)?.roles.relay === true,
    isMember: (member) => gossip.membership.member(member) !== null,
  });
}

/** What changes of the own record while the node runs. */
export interface OwnState {
  readonly ephemeralPublicKey: Uint8Array;
  /** Where this node is seen to come from, at most one address a family. */
  readonly observed: readonly NodeAddress[];
  readonly natClass: NatClass;
  readonly draining: Draining | null;
}

/** What the own record says. Servers, which others can reach, name their current ephemeral key. */
export function ownDescription(options: MeshNodeOptions, state: OwnState): NodeDescription {
  const { name, country, position, softwareVersion, advertised } = options;
  const server = advertised.length > 0;
  const configured = advertised.map(({ transport, host, port }): NodeAddress => ({
    transport,
    host,
    port,
    source: 'configured',
  }));
  return {
    name,
    country,
    position,
    softwareVersion,
    server,
    draining: state.draining,
    natClass: state.natClass,
    ephemeralPublicKey: server ? state.ephemeralPublicKey : null,
    addresses: [...configured, ...state.observed],
  };
}
