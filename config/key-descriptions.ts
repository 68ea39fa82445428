import type { Config, ExitSettings } from './config.ts';

/** One line for each key of a configuration: comments in the written file, and what editors show from the JSON Schema. */
export const KEY_DESCRIPTIONS: { readonly [key in keyof Config]-?: string } = {
  id: "This node's number in the mesh, 1 to 254.",
  name: 'What other members see; at most 63 bytes.',
  networkKey: 'Secret. The key that hides the network; the same on every member.',
  identity: 'Secret. Proves that this node is itself; never copy it to another machine.',
  adminKey: 'Secret. Signs invites and revocations; back it up, whoever has it owns the network.',
  adminPublicKey: 'Whose signatures make members.',
  credential: "The admin's certificate for this node's number and roles.",
  listen: 'Where other nodes can connect: udp://IP:PORT or tcp://IP:PORT.',
  advertise: 'The addresses that others are told; without this key the ones above, wildcards left out.',
  country: 'Where this node is: two letters of ISO 3166.',
  exit: 'Limits while this node is an exit; whether it is one says its credential.',
  socks: 'The SOCKS5 proxy for the programs of this machine.',
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
  earlyReply:
    'Saves a round trip: a program is told that it is connected before the exit is, where the exit reached the same host and port before. Its first bytes go along if they are TLS or HTTP. Where the exit fails after all, the program sees a reset instead of an error.',
} as const;
