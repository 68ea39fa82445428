import { CONFIG_DEFAULTS, defaultName, type ExitSettings } from '../../config/config.ts';
import { KEY_BYTES } from '../../config/key-text.ts';
import { stateDirPath } from '../../config/locations.ts';
import type { NodeId } from '../../config/node-id.ts';
import type { ConfigValues } from '../../config/write-config.ts';
import { encodeCredential, issueCredential } from '../../mesh/gossip/credential.ts';
import type { RandomSource } from '../../mesh/random-source.ts';
import type { Sodium } from '../../mesh/wire/sodium.ts';
import { randomBytesOf } from '../random.ts';
import { changeLedger, nextSerial, withNumber } from './admin-ledger.ts';
import type { NodeSettings } from './parse-options.ts';
import { refuseExisting, writeConfigFile } from './write-config-file.ts';

/** The first node of a network. */
export interface FirstNode extends NodeSettings {
  readonly id: NodeId;
  readonly name?: string | undefined;
  readonly country?: string | undefined;
  readonly exit: boolean;
  /** Whether it may pass messages on for others; not unless told. */
  readonly relay?: boolean;
}

/** What making keys and files takes. */
export interface SetupMeans {
  readonly sodium: Sodium;
  readonly random: RandomSource;
  readonly wallMs: number;
}

/** Makes a network key, an admin key and the configuration of the first node. Throws a UserError; overwrites nothing. */
export async function makeNetwork(configPath: string, node: FirstNode, means: SetupMeans): Promise<ConfigValues> {
  const { sodium, random, wallMs } = means;
  refuseExisting(configPath);
  const adminKey = randomBytesOf(random, KEY_BYTES);
  const identity = randomBytesOf(random, KEY_BYTES);
  const admin = sodium.signKeyPair(adminKey);
  const serial = nextSerial(undefined, wallMs);
  const credential = issueCredential(sodium, admin.secretKey, randomBytesOf(random, KEY_BYTES), {
    id: node.id,
    roles: { exit: node.exit, relay: node.relay ?? false },
    serial,
    expiresAtS: 0,
    identity: sodium.signKeyPair(identity).publicKey,
  });
  const values: ConfigValues = {
    ...sharedValues(node),
    networkKey: randomBytesOf(random, KEY_BYTES),
    identity,
    adminKey,
    adminPublicKey: admin.publicKey,
    credential: encodeCredential(credential),
    ...(node.country === undefined ? {} : { country: node.country }),
  };
  writeConfigFile(configPath, values);
  const stateFolder = stateDirPath(configPath, CONFIG_DEFAULTS.stateDir, process.platform);
  await changeLedger({ stateFolder, adminPublicKey: admin.publicKey }, wallMs, ({ ledger }) => ({
    ledger: withNumber(ledger, node.id, values.name ?? defaultName(node.id), serial),
    result: undefined,
  }));
  return values;
}

/** What `init` and `join` write alike. */
export function sharedValues(
  node: NodeSettings & { readonly id: NodeId; readonly name?: string | undefined },
): Pick<ConfigValues, 'id' | 'name' | 'listen' | 'advertise' | 'exit' | 'socks'> & { readonly id: NodeId } {
  const exit: ExitSettings = { ...CONFIG_DEFAULTS.exit, allowPrivate: node.allowPrivate };
  return {
    id: node.id,
    name: node.name ?? defaultName(node.id),
    exit,
    ...(node.listen.length === 0 ? {} : { listen: node.listen }),
    ...(node.advertise === undefined ? {} : { advertise: node.advertise }),
    ...(node.socks === undefined ? {} : { socks: node.socks }),
  };
}
