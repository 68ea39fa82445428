import type { Config, ExitSettings, GeoIpSettings, PinSettings } from './config.ts';
import type { RuleSettings } from './rule-settings.ts';

/** One line for each key of a configuration: comments in the written file, and what editors show from the JSON Schema. */
export const KEY_DESCRIPTIONS: { readonly [key in keyof Config]-?: string } = {
  id: "This node's number in the mesh, 1 to 254.",
  name: 'What other members see; at most 63 bytes.',
  networkKey: 'Secret. The key that hides the network; the same on every member.',
  identity: 'Secret. Proves that this node is itself; never copy it to another machine.',
  adminKey: 'Secret. Signs invites and revocations; back it up, whoever has it owns the network.',
  adminPublicKey: 'Whose signatures make members.',
  credential: "The admin's certificate for this node's number and roles.",
  listen: 'Where other nodes can connect: udp://IP:PORT or tcp://IP:PORT; [::] takes IPv4 as well.',
  advertise: 'The addresses that others are told; without this key the ones above, wildcards left out.',
  country: 'Where this node is: two letters of ISO 3166.',
  position: 'Where this node is, in degrees, if you want sites close to it to be found: latitude and longitude.',
  geoip: 'The database by which an exit tells where sites are; works without one.',
  pins: 'How long each site stays at its exit.',
  exit: 'Limits while this node is an exit; whether it is one says its credential.',
  socks: 'The SOCKS5 proxy for the programs of this machine.',
  sendRateMbps: 'Mbit/s to send by UDP to each peer whatever gets lost, for links that need force; else found out.',
  relayRateMbps: 'Mbit/s that a relay passes on for each node that hands it messages; 100 unless told.',
  relaySharePercent:
    'For speed after losses: this % or more of what is sent for users goes by relays, a load for them; else 10.',
  relayMode:
    'What goes by these: assist (repairs, copies, data that nothing waits for) or split (a share of everything).',
  rules: 'Where connections go, first match first; read again when changed. docs/EXITS.md has a table.',
  siteGroups: 'Domains that share one login and so one exit, beside the groups that come with the program.',
  servers: 'Servers to start from; the others are learned from them.',
  stateDir: 'Where counters and records are kept; relative to this file.',
  logLevel: 'trace, debug, info, warn or error.',
};

/** One line for each key below `exit`. */
export const EXIT_KEY_DESCRIPTIONS: { readonly [key in keyof ExitSettings]-?: string } = {
  allowPrivate: "Let members reach this machine and its LAN's private addresses.",
  allowPorts: 'Ports allowed although they are refused otherwise, such as 25 (mail).',
  maxStreamsPerClient: 'How many connections one member may have open at once.',
};

/** One line for each key below `socks` that needs one. */
export const SOCKS_KEY_DESCRIPTIONS = {
  password:
    'Secret. Programs must know it to use the proxy; their user name can be anything like exit=7 or country=JP.',
  earlyReply:
    'Saves a round trip: a program is told that it is connected before the exit is. Done where the exit reached the same host and port before; TLS and HTTP bytes go along. Where the exit fails after all, the program sees a reset instead of an error.',
} as const;

/** One line for each key below `geoip`. */
export const GEOIP_KEY_DESCRIPTIONS: { readonly [key in keyof GeoIpSettings]-?: string } = {
  database: 'A file in MaxMind format (.mmdb); without this key the one that "uservpn geoip update" fetched.',
  source:
    'Where "uservpn geoip update" gets it, an http or https address; {month} stands for the month, as in 2026-05.',
};

/** One line for each key below `pins`. */
export const PIN_KEY_DESCRIPTIONS: { readonly [key in keyof PinSettings]-?: string } = {
  idle: 'How long a site stays at its exit after its last use: 30m, 24h, 7d.',
  persist: 'Whether they outlive a restart; they are a history of the sites that were visited.',
};

/** One line for each key of a rule. */
export const RULE_KEY_DESCRIPTIONS: { readonly [key in keyof RuleSettings]-?: string } = {
  domains: 'These hosts and no others.',
  suffixes: 'These domains and all below them.',
  keywords: 'Parts of host names.',
  patterns: 'Regular expressions (RE2) that host names are searched with; case does not count.',
  ports: 'Ports such as 443, or ranges such as 8000-9000.',
  networks: 'Networks of addresses that programs ask for as such, such as 192.0.2.0/24; private stands for all LANs.',
  lists: 'Files of domains or networks, one a line, or in geosite text form; relative to this file.',
  resolvedCountries: "Countries of the site's address, as far as the exit knows them.",
  resolvedNetworks: "Networks of the site's address, which the exit looked up.",
  to: 'auto, block, direct, exit 3, countries DE FR, or not countries US.',
  whenDown: 'repin, hold or fail: what becomes of sites whose exit stays away.',
};
