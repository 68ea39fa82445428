import type { Endpoint } from '../config/endpoint.ts';
import { relayLimits } from '../mesh/relaying/relay-allowance.ts';
import { DEFAULT_PORTION } from '../mesh/session/portion.ts';
import type { Sodium } from '../mesh/wire/sodium.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import type { MeshWiring } from './mesh-wiring.ts';
import { systemRandom } from './random.ts';
import { loadLedger } from './setup/admin-ledger.ts';
import { ledgerPlace, type LoadedConfig } from './setup/read-config-file.ts';
import type { MeshState } from './state/mesh-state.ts';
import type { MakeMesh, WiredMesh } from './wired-mesh.ts';

/** Mbit/s in bytes per ms. */
const BYTES_PER_MS_PER_MBPS = 125;

/** What the mesh of a configuration is made of. */
export interface RestoreMeshOptions {
  readonly loaded: LoadedConfig;
  /** Servers from the command line. */
  readonly extraServers: readonly Endpoint[];
  readonly softwareVersion: string;
  readonly sodium: Sodium;
  readonly clock: Clock;
  readonly log: Logger;
  readonly makeMesh: MakeMesh;
}

/** Makes the mesh of a configuration, with what an earlier process remembered. */
export function restoreMesh(options: RestoreMeshOptions, state: MeshState): WiredMesh {
  const { loaded, extraServers, clock, log } = options;
  const { config } = loaded;
  const { saved, warning } = state.load(clock.wallMs());
  if (warning !== null) log.warn(warning);
  return options.makeMesh({
    id: config.id,
    name: config.name,
    country: config.country ?? '',
    position: config.position ?? null,
    softwareVersion: options.softwareVersion,
    networkKey: config.networkKey,
    adminPublicKey: config.adminPublicKey,
    identitySeed: config.identity,
    credential: config.credential,
    advertised: config.advertise,
    servers: [
      ...config.servers.map(({ id, addresses }) => ({ id, endpoints: addresses })),
      ...extraServers.map((endpoint) => ({ id: null, endpoints: [endpoint] })),
    ],
    sodium: options.sodium,
    random: systemRandom,
    persisted: saved,
    nowMs: clock.nowMs(),
    wallMs: clock.wallMs(),
    wantsExits: config.socks !== undefined,
    ...(config.relayRateMbps === undefined
      ? {}
      : { relayLimits: relayLimits(config.relayRateMbps * BYTES_PER_MS_PER_MBPS) }),
    portion: {
      share: config.relaySharePercent === undefined ? DEFAULT_PORTION.share : config.relaySharePercent / 100,
      isSplit: config.relayMode === 'split',
    },
    sendBytesPerMs: config.sendRateMbps === undefined ? null : config.sendRateMbps * BYTES_PER_MS_PER_MBPS,
  });
}

/** Hands over what the admin has signed here, such as while no node ran; what the mesh knows already does no harm. */
export function admitSigned(loaded: LoadedConfig, wallMs: number, wiring: Pick<MeshWiring, 'admit'>): void {
  if (loaded.config.adminKey === undefined) return;
  const { ledger } = loadLedger(ledgerPlace(loaded), wallMs);
  for (const text of ledger.revocations) wiring.admit(Buffer.from(text, 'base64'), 'revocation');
  if (ledger.keyChange !== null) wiring.admit(Buffer.from(ledger.keyChange, 'base64'), 'key-change');
}
