import type { Endpoint } from './endpoint.ts';
import type { HostPort } from './host-port.ts';
import type { NodeId } from './node-id.ts';
import type { RuleSettings } from './rule-settings.ts';

/** How much is logged, from most to least. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** How the share that goes by way of other nodes is made up. */
export const RELAY_MODES = ['assist', 'split'] as const;

export type RelayMode = (typeof RELAY_MODES)[number];

/** What this node allows when it is an exit; whether it is one says its credential. */
export interface ExitSettings {
  /** Whether members may reach private addresses through this exit: its LAN and the machine itself. */
  readonly allowPrivate: boolean;
  /** Ports allowed although they are refused otherwise, such as 25. */
  readonly allowPorts: readonly number[];
  /** Connections that one member may have open at once. */
  readonly maxStreamsPerClient: number;
}

/** The proxy for this machine's programs. */
export interface SocksSettings {
  readonly listen: HostPort;
  /** Whether programs are told early that they are connected, where the exit reached the same target before; absent: no. */
  readonly earlyReply?: boolean | undefined;
  /** What programs must know to use the proxy, 1 to 255 bytes of UTF-8, secret; absent: nothing. */
  readonly password?: string | undefined;
}

/** Where a node is, in degrees: north and east are positive. */
export interface NodePosition {
  readonly latitude: number;
  readonly longitude: number;
}

/** The database that tells an exit where addresses are. */
export interface GeoIpSettings {
  /** The .mmdb, relative to the folder of the configuration file, or absolute; absent: geoip.mmdb in the state folder. */
  readonly database?: string | undefined;
  /** Where `uservpn geoip update` gets it; absent: DB-IP Lite. `{month}` stands for the month, as in 2026-05. */
  readonly source?: string | undefined;
}

/** How a client remembers which site is at which exit. */
export interface PinSettings {
  /** How long a pin outlives its last use, in seconds; absent: 24 hours. */
  readonly idle?: number | undefined;
  /** Whether pins and estimates are kept on the disk; absent: yes. */
  readonly persist?: boolean | undefined;
}

/** A server known from the start. */
export interface KnownServer {
  readonly id: NodeId;
  /** In order of preference, at least one. */
  readonly addresses: readonly Endpoint[];
}

/** A whole configuration, read and checked, defaults filled in. */
export interface Config {
  readonly id: NodeId;
  /** At most 63 bytes of UTF-8. */
  readonly name: string;
  /** 32 bytes, secret. */
  readonly networkKey: Uint8Array;
  /** Ed25519 seed, 32 bytes, secret. */
  readonly identity: Uint8Array;
  /** Ed25519 seed, 32 bytes, secret; only on the node that made the network. */
  readonly adminKey?: Uint8Array;
  /** Ed25519 public key, 32 bytes. */
  readonly adminPublicKey: Uint8Array;
  /** Certificate, binding and perhaps a witness (PROTOCOL §2): 204 or 273 bytes. */
  readonly credential: Uint8Array;
  readonly listen: readonly Endpoint[];
  /** Where others reach this node: no wildcards, no port 0. */
  readonly advertise: readonly Endpoint[];
  /** ISO 3166-1 alpha-2, in capitals. */
  readonly country?: string;
  /** Where this node is; absent: the middle of its country, if that is known. */
  readonly position?: NodePosition;
  readonly geoip?: GeoIpSettings;
  readonly pins?: PinSettings;
  /** The rate to send at on datagram links whatever gets lost, in Mbit/s; absent: what congestion control finds. */
  readonly sendRateMbps?: number;
  /** How much is passed on for each link that messages of others come by, in Mbit/s; absent: 100. */
  readonly relayRateMbps?: number;
  /** How much of users' data goes by way of other nodes at least, in percent, 0 to 100; absent: 10. */
  readonly relaySharePercent?: number;
  /** Whether that is what helps the rest, or data in turn; absent: `assist`. */
  readonly relayMode?: RelayMode;
  readonly exit: ExitSettings;
  /** The proxy for this machine's programs; absent: none. */
  readonly socks?: SocksSettings;
  /** Where connections of this machine's programs go, first match first; absent: anywhere. */
  readonly rules?: readonly RuleSettings[];
  /** Domains that share one login, beside those that come with the program. */
  readonly siteGroups?: readonly (readonly string[])[];
  readonly servers: readonly KnownServer[];
  /** Relative to the folder of the configuration file, or absolute. */
  readonly stateDir: string;
  readonly logLevel: LogLevel;
}

/** What goes without saying in a configuration file. The defaults of `name` and `advertise` depend on other keys. */
export const CONFIG_DEFAULTS = {
  exit: { allowPrivate: false, allowPorts: [], maxStreamsPerClient: 1_024 },
  stateDir: 'state',
  logLevel: 'info',
} as const satisfies Partial<Config>;

/** The lengths that a credential can have, in bytes: without and with a witness (PROTOCOL §2). */
export const CREDENTIAL_BYTES: readonly number[] = [204, 273];

/** Most addresses that a node listens on or advertises (PROTOCOL §2, node record). */
export const MAX_ADDRESSES = 16;

/** The name of a node that was given none. */
export function defaultName(id: NodeId): string {
  return `node-${id}`;
}
