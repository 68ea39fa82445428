/** What both ways to make a configuration take: `init` and `join`. */
export interface NodeOptions {
  readonly listen: readonly string[];
  readonly advertise: readonly string[];
  readonly socks: string | undefined;
  readonly 'allow-private': boolean;
}

/** The yargs declarations of {@link NodeOptions}. */
export const NODE_OPTIONS = {
  listen: {
    type: 'string',
    array: true,
    requiresArg: true,
    nargs: 1,
    default: [],
    defaultDescription: 'none',
    describe: 'where other nodes can connect: udp://IP:PORT or tcp://IP:PORT; may be repeated',
  },
  advertise: {
    type: 'string',
    array: true,
    requiresArg: true,
    nargs: 1,
    default: [],
    defaultDescription: 'what it listens on',
    describe: 'the addresses the others are told, such as udp://IP:PORT; may be repeated',
  },
  socks: {
    type: 'string',
    requiresArg: true,
    describe: "the proxy for this machine's programs, such as 127.0.0.1:1080",
  },
  'allow-private': {
    type: 'boolean',
    default: false,
    describe: 'as an exit: let members reach this machine and its local network',
  },
} as const;
