import { decodeCredential, verifyCredential, type Credential } from '../../mesh/gossip/credential.ts';
import type { Sodium } from '../../mesh/wire/sodium.ts';
import { UserError } from '../user-error.ts';
import type { LoadedConfig } from './read-config-file.ts';

/** The credential of a configuration. Throws a UserError where it does not fit the other keys: nobody would accept it. */
export function requireCredential(sodium: Sodium, { config, configPath }: LoadedConfig): Credential {
  const credential = decodeCredential(config.credential);
  const { publicKey } = sodium.signKeyPair(config.identity);
  if (credential === null || !verifyCredential(sodium, config.adminPublicKey, credential)) {
    throw mismatch(configPath, "credential is not one that this network's admin (adminPublicKey) has signed");
  }
  if (credential.certificate.id !== config.id) {
    throw mismatch(configPath, `id is ${config.id}, but the credential is for number ${credential.certificate.id}`);
  }
  if (!sodium.equal(credential.binding.identity, publicKey)) {
    throw mismatch(configPath, 'credential and identity do not belong together');
  }
  return credential;
}

function mismatch(configPath: string, what: string): UserError {
  return new UserError(
    'configuration',
    `${configPath} can't be used: ${what}. Restore it from a backup, or join again with a new invite.`,
  );
}
