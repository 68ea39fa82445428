import type { KeyPair, Sodium } from '../../mesh/wire/sodium.ts';
import { UserError } from '../user-error.ts';
import type { LoadedConfig } from './read-config-file.ts';

/** The admin's key pair. Throws a UserError on a node that does not hold it. */
export function requireAdmin(sodium: Sodium, { config, configPath }: LoadedConfig): KeyPair {
  if (config.adminKey === undefined) {
    throw new UserError(
      'failed',
      `This node does not hold the network's admin key (there is no adminKey in ${configPath}). ` +
        'Run the command on the node where the network was made with "uservpn init".',
    );
  }
  const admin = sodium.signKeyPair(config.adminKey);
  if (sodium.equal(admin.publicKey, config.adminPublicKey)) return admin;
  throw new UserError(
    'configuration',
    `adminKey and adminPublicKey in ${configPath} do not belong together. Restore both from a backup of that file.`,
  );
}
