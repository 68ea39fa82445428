import { parseInviteLink, type InviteLink } from '../../config/invite-link.ts';
import { KEY_BYTES } from '../../config/key-text.ts';
import { isFailure } from '../../config/parse-failure.ts';
import type { ConfigValues } from '../../config/write-config.ts';
import { decodeCertificate, verifyCertificate, type Certificate } from '../../mesh/gossip/certificate.ts';
import { encodeCredential, useCertificate } from '../../mesh/gossip/credential.ts';
import type { Sodium } from '../../mesh/wire/sodium.ts';
import { randomBytesOf } from '../random.ts';
import { UserError } from '../user-error.ts';
import { sharedValues, type SetupMeans } from './make-network.ts';
import type { NodeSettings } from './parse-options.ts';
import { refuseExisting, writeConfigFile } from './write-config-file.ts';

/** A configuration made from an invite. */
export interface JoinedNode {
  readonly values: ConfigValues;
  readonly certificate: Certificate;
}

/** Writes a configuration with a new identity that the invite's one-time key vouches for. Throws a UserError; overwrites nothing. */
export function joinNetwork(configPath: string, link: string, settings: NodeSettings, means: SetupMeans): JoinedNode {
  const { sodium, random, wallMs } = means;
  refuseExisting(configPath);
  const invite = parseInviteLink(link);
  if (isFailure(invite)) throw new UserError('usage', `The invite can't be used: ${invite.error}.`);
  const oneTime = sodium.signKeyPair(invite.oneTimeSeed);
  const certificate = certificateOf(invite, oneTime.publicKey, sodium);
  refuseExpired(certificate, wallMs);
  const identity = randomBytesOf(random, KEY_BYTES);
  const { publicKey } = sodium.signKeyPair(identity);
  const values: ConfigValues = {
    ...sharedValues({ ...settings, id: certificate.id, name: invite.name }),
    networkKey: invite.networkKey,
    identity,
    adminPublicKey: invite.adminPublicKey,
    credential: encodeCredential(useCertificate(sodium, certificate, oneTime.secretKey, publicKey)),
    servers: invite.servers,
  };
  writeConfigFile(configPath, values);
  return { values, certificate };
}

/** The certificate alone says what was granted, and only if the admin of the link's own network signed it. */
function certificateOf(invite: InviteLink, oneTimePublicKey: Uint8Array, sodium: Sodium): Certificate {
  const certificate = decodeCertificate(invite.certificate);
  if (
    certificate === null ||
    certificate.id !== invite.id ||
    certificate.expiresAtS !== invite.expiresSeconds ||
    !sodium.equal(certificate.oneTimePublicKey, oneTimePublicKey) ||
    !verifyCertificate(sodium, invite.adminPublicKey, certificate)
  ) {
    throw new UserError(
      'usage',
      "The invite can't be used: it was not made by this network's admin. Ask for a new one.",
    );
  }
  return certificate;
}

function refuseExpired(certificate: Certificate, wallMs: number): void {
  if (certificate.expiresAtS === 0 || wallMs / 1000 < certificate.expiresAtS) return;
  throw new UserError(
    'failed',
    `This invite expired on ${minutes(certificate.expiresAtS * 1000)}, and this machine's clock says ` +
      `${minutes(wallMs)} (UTC). Ask for a new invite, or set the clock if it is wrong.`,
  );
}

function minutes(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 16).replace('T', ' ');
}
