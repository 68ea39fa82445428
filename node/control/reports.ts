import { z } from 'zod';
import type { NodeView } from '../../mesh/mesh-view.ts';
import type { PathView } from '../../mesh/path-view.ts';
import type { HopFlight } from '../../mesh/timing/flight-times.ts';

const natClassSchema = z.enum(['unknown', 'public', 'easy', 'symmetric']);

/** What `nodes` answers with, one item a node: a {@link NodeView} whose number is a plain one. */
export const nodeReportSchema = z.object({
  id: z.number().int(),
  identity: z.string(),
  name: z.string(),
  roles: z.object({ exit: z.boolean(), relay: z.boolean() }),
  country: z.string(),
  position: z.object({ latitude: z.number(), longitude: z.number() }).nullable(),
  draining: z.object({ leavesAtS: z.number().nullable() }).nullable(),
  publicAddresses: z.array(z.string()),
  natClass: natClassSchema,
  softwareVersion: z.string(),
  addresses: z.array(z.string()),
  isHeard: z.boolean().nullable(),
  state: z.enum(['up', 'suspect', 'connecting', 'down', 'idle']),
  backInMs: z.number().nullable(),
  rttMs: z.number().nullable(),
  link: z.string().nullable(),
  maxMessageBytes: z.number().nullable(),
  streams: z.number(),
  bytesSent: z.number(),
  bytesReceived: z.number(),
}) satisfies z.ZodType<Omit<NodeView, 'id'> & { id: number }>;

export type NodeReport = z.infer<typeof nodeReportSchema>;

/** What `status` answers with. */
export const statusReportSchema = z.object({
  pid: z.number().int(),
  softwareVersion: z.string(),
  id: z.number().int(),
  name: z.string(),
  exit: z.boolean(),
  relay: z.boolean(),
  upSeconds: z.number(),
  /** Which libsodium does the work. */
  sodium: z.string(),
  /** What sends batches of datagrams with one system call, or `none`. */
  socketOptions: z.string(),
  listen: z.array(z.string()),
  /** Whether it is about to leave, and when, in seconds since 1970; null: it stays. */
  draining: z.object({ leavesAtS: z.number().nullable() }).nullable(),
  /**
   * The same configuration was started somewhere else since, so that nodes listen to this process no longer: who says so, and
   * whether that is certain, or the word of the only node that answers. Null: nothing says so.
   */
  superseded: z.object({ isCertain: z.boolean(), by: z.array(z.number().int()).readonly() }).nullable(),
  /** The public addresses that other nodes see it come from. */
  publicAddresses: z.array(z.string()),
  /** What the way in from outside is like, as far as others' words tell. */
  natClass: natClassSchema,
  /** The proxy, such as `127.0.0.1:1080`, or null. */
  socks: z.string().nullable(),
  /** Programs connected to the proxy. */
  socksConnections: z.number(),
  /** Connections that this node has open as an exit. */
  exitStreams: z.number(),
  /** What it passed on for other nodes, and messages that it did not for `relayRateMbps`. */
  relayed: z.object({ passedBytes: z.number(), refusedMessages: z.number() }),
  nodesKnown: z.number(),
  nodesUp: z.number(),
  /** Those that nothing needs now, as far as others hear them. */
  nodesIdle: z.number(),
  memoryBytes: z.number(),
});

export type StatusReport = z.infer<typeof statusReportSchema>;

/** What `ping` answers with, one item an echo; null where none came back in time. */
export const pingReportSchema = z.object({ sequence: z.number().int(), rttMs: z.number().nullable() });

export type PingReport = z.infer<typeof pingReportSchema>;

const hopFlightSchema = z.object({
  from: z.number().int(),
  to: z.number().int(),
  leastMs: z.number().nullable(),
  typicalMs: z.number().nullable(),
  boundMs: z.number().nullable(),
});

/** What `paths` answers with, one item a way, the one in use first: a {@link PathView} whose numbers are plain ones. */
export const pathReportSchema = z.object({
  relays: z.array(z.number().int()),
  link: z.string(),
  state: z.enum(['used', 'ready', 'silent', 'refused', 'unproven']),
  /** Why it is in use, or not, for people. */
  why: z.string(),
  rtt: z.object({ leastMs: z.number(), smoothedMs: z.number(), variationMs: z.number() }).nullable(),
  lossShare: z.number(),
  incomingLossShare: z.number(),
  costMs: z.number().nullable(),
  bytesSent: z.number(),
  bytesSentLastMinute: z.number(),
  bytesReceived: z.number(),
  /** Of what was sent by all these ways, from 0 to 1. */
  share: z.number(),
  shareLastMinute: z.number(),
  /** Bytes of packets with users' data on all ways together, and what of them went by way of other nodes. */
  usersData: z.object({
    sentBytes: z.number(),
    relayedBytes: z.number(),
    minuteSentBytes: z.number(),
    minuteRelayedBytes: z.number(),
    refusedBytes: z.number(),
  }),
  there: z.array(hopFlightSchema),
  back: z.array(hopFlightSchema),
}) satisfies z.ZodType<PlainPathView>;

type PlainHop = Omit<HopFlight, 'from' | 'to'> & { from: number; to: number };
type PlainPathView = Omit<PathView, 'relays' | 'there' | 'back'> & {
  relays: number[];
  there: PlainHop[];
  back: PlainHop[];
};

export type PathReport = z.infer<typeof pathReportSchema>;

/** What `sites` and `why` say of a pin; exits are numbers, null where the exit is not known now. Times in ms since 1970. */
export const siteReportSchema = z.object({
  site: z.string(),
  exit: z.number().int().nullable(),
  reason: z.string(),
  sinceMs: z.number(),
  lastUsedMs: z.number(),
  openStreams: z.number().int(),
  /** What the site saw of its exit: IPv4 first, of each family the last one first. */
  addresses: z.array(z.string()),
  addressChanges: z.array(z.object({ from: z.string(), to: z.string(), atMs: z.number() })),
  moves: z.array(
    z.object({
      from: z.number().int().nullable(),
      to: z.number().int().nullable(),
      reason: z.string(),
      atMs: z.number(),
    }),
  ),
});

export type SiteReport = z.infer<typeof siteReportSchema>;

/** What `why` answers with. */
export const whyReportSchema = z.object({
  site: z.string(),
  /** What decides: a rule, or that there is none. */
  rule: z.string(),
  /** Where that leads: through an exit, from this machine itself, or nowhere. */
  way: z.enum(['exit', 'direct', 'refused']),
  pin: siteReportSchema.nullable(),
  /** When an exit last said that it does not connect there, in ms since 1970. */
  refusal: z.object({ atMs: z.number(), why: z.string() }).nullable(),
  /** While its exit is away: until when the site waits for it before it moves, in ms since 1970. */
  waitsUntilMs: z.number().nullable(),
  exits: z.array(
    z.object({
      id: z.number().int(),
      country: z.string(),
      state: z.string(),
      draining: z.boolean(),
      rttMs: z.number().nullable(),
      /** By which way it is reached now, as `nodes` shows it; null: by none. */
      link: z.string().nullable(),
      permitted: z.boolean(),
      /** Expected to the site and back, what it is compared by, samples that count, and whether they are enough. */
      roundTripMs: z.number().nullable(),
      costMs: z.number().nullable(),
      samples: z.number(),
      fresh: z.boolean(),
    }),
  ),
});

export type WhyReport = z.infer<typeof whyReportSchema>;

/** What `unpin` and `pin` answer with: whether there was a pin, or is one now. */
export const pinnedReportSchema = z.object({ site: z.string(), done: z.boolean() });

/** What `drain` and `undrain` answer with; when it stops, in seconds since 1970, and connections open as an exit. */
export const drainReportSchema = z.object({
  draining: z.boolean(),
  leavesAtS: z.number().nullable(),
  streams: z.number(),
});

export type DrainReport = z.infer<typeof drainReportSchema>;

/** What `admit` answers with: whether the node took the document in and tells the others. */
export const admitReportSchema = z.object({ admitted: z.boolean() });
