import type { NodeDescription } from './gossip/node-record.ts';
import type { MeshNodeOptions } from './mesh-options.ts';
import type { OwnStatic } from './wire/pair-keys.ts';
import type { KeyPair } from './wire/sodium.ts';

/** The own part of every pair key. Throws a RangeError where the identity is no usable key. */
export function ownStatic({ sodium, id }: MeshNodeOptions, identity: KeyPair): OwnStatic {
  const publicKey = sodium.x25519FromSignPublic(identity.publicKey);
  if (publicKey === null) throw new RangeError('the identity is no usable key');
  return { id, publicKey, secretKey: sodium.x25519FromSignSecret(identity.secretKey) };
}

/** What the own record says. Servers, which others can reach, name their current ephemeral key. */
export function ownDescription(options: MeshNodeOptions, ephemeralPublicKey: Uint8Array): NodeDescription {
  const { name, country, softwareVersion, advertised } = options;
  const server = advertised.length > 0;
  return {
    name,
    country,
    softwareVersion,
    server,
    ephemeralPublicKey: server ? ephemeralPublicKey : null,
    addresses: advertised.map(({ transport, host, port }) => ({ transport, host, port, source: 'configured' })),
  };
}
