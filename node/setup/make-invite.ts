import { defaultName, type KnownServer } from '../../config/config.ts';
import { formatInviteLink } from '../../config/invite-link.ts';
import { KEY_BYTES } from '../../config/key-text.ts';
import type { NodeId } from '../../config/node-id.ts';
import { isFailure } from '../../config/parse-failure.ts';
import { encodeCertificate, signCertificate, type Roles } from '../../mesh/gossip/certificate.ts';
import { decodeKeyChange } from '../../mesh/gossip/key-change.ts';
import { randomBytesOf } from '../random.ts';
import { UserError } from '../user-error.ts';
import { requireAdmin } from './admin-key.ts';
import { changeLedger, nextSerial, withNumber, type AdminLedger } from './admin-ledger.ts';
import type { SetupMeans } from './make-network.ts';
import { ledgerPlace, type LoadedConfig } from './read-config-file.ts';

/** Who is invited. */
export interface Guest {
  readonly id: NodeId;
  readonly name?: string | undefined;
  readonly roles: Roles;
  readonly expiresInSeconds: number;
  /** Whether the number may be one that is in use. */
  readonly replace: boolean;
  /** Whether a member with this number is known to the running node, the ledger may have been lost; null where none runs. */
  readonly seenInMesh: boolean | null;
}

/** An invite, ready to be handed over. The link is a secret. */
export interface Invite {
  readonly link: string;
  readonly name: string;
  readonly serial: number;
  /** Seconds since 1970. */
  readonly expiresAtS: number;
  readonly warning: string | null;
}

/** Most servers and addresses of each that go into a link, so that its QR code stays readable. */
const MAX_SERVERS = 8;
const MAX_SERVER_ADDRESSES = 4;

/** Certifies a number for a fresh one-time key and packs all that joining takes into a link. Throws a UserError. */
export async function makeInvite(loaded: LoadedConfig, guest: Guest, means: SetupMeans): Promise<Invite> {
  const { sodium, random, wallMs } = means;
  const { config } = loaded;
  const admin = requireAdmin(sodium, loaded);
  if (guest.id === config.id) {
    throw new UserError('failed', `${guest.id} is this node's own number; give the new node another one.`);
  }
  const servers = serversToCall(loaded);
  const name = guest.name ?? defaultName(guest.id);
  return changeLedger(ledgerPlace(loaded), wallMs, ({ ledger, warning }) => {
    refuseTaken(ledger, guest);
    const serial = nextSerial(ledger.numbers[guest.id]?.serial, wallMs);
    const expiresAtS = Math.floor(wallMs / 1000) + guest.expiresInSeconds;
    const oneTimeSeed = randomBytesOf(random, KEY_BYTES);
    const certificate = signCertificate(sodium, admin.secretKey, {
      id: guest.id,
      roles: guest.roles,
      serial,
      expiresAtS,
      oneTimePublicKey: sodium.signKeyPair(oneTimeSeed).publicKey,
    });
    const link = formatInviteLink({
      id: guest.id,
      name,
      networkKey: currentNetworkKey(ledger) ?? config.networkKey,
      adminPublicKey: config.adminPublicKey,
      certificate: encodeCertificate(certificate),
      oneTimeSeed,
      expiresSeconds: expiresAtS,
      servers,
    });
    if (isFailure(link)) throw new UserError('failed', `The invite could not be made: ${link.error}.`);
    const result = { link, name, serial, expiresAtS, warning };
    return { ledger: withNumber(ledger, guest.id, name, serial), result };
  });
}

function refuseTaken(ledger: AdminLedger, guest: Guest): void {
  const entry = ledger.numbers[guest.id];
  const taken = entry === undefined ? guest.seenInMesh === true : !entry.revoked;
  if (!taken || guest.replace) return;
  if (entry !== undefined && guest.seenInMesh === false) {
    throw new UserError(
      'failed',
      `Number ${guest.id} is promised to "${entry.name}", which was invited and has not come yet. Choose another number, ` +
        'or add --replace to make an invite in place of that one.',
    );
  }
  const who = entry === undefined ? 'a node of this network' : `"${entry.name}"`;
  throw new UserError(
    'failed',
    `Number ${guest.id} is taken by ${who}. Choose another number, or add --replace to take it from that node.`,
  );
}

/** The key of the newest rotation, or null where the key was never changed. */
function currentNetworkKey(ledger: AdminLedger): Uint8Array | null {
  if (ledger.keyChange === null) return null;
  return decodeKeyChange(Buffer.from(ledger.keyChange, 'base64'))?.networkKey ?? null;
}

/** This node, where others can connect to it, and the servers it knows itself. */
function serversToCall({ config, configPath }: LoadedConfig): KnownServer[] {
  const self = { id: config.id, addresses: config.advertise };
  const others = config.servers.filter((server) => server.id !== config.id);
  const servers = [self, ...others]
    .filter((server) => server.addresses.length > 0)
    .slice(0, MAX_SERVERS)
    .map(({ id, addresses }) => ({ id, addresses: addresses.slice(0, MAX_SERVER_ADDRESSES) }));
  if (servers.length > 0) return servers;
  throw new UserError(
    'failed',
    `Nobody could use an invite: no server of this network has an address that others can connect to. Add one to ` +
      `${configPath}, under listen (such as udp://203.0.113.7:4840) or, where it listens on 0.0.0.0, under advertise.`,
  );
}
