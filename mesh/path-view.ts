import type { NodeId } from '../config/node-id.ts';
import type { ShareFigures } from './session/share-meter.ts';
import type { HopFlight } from './timing/flight-times.ts';

/** One way of the session with another node, for tables. */
export interface PathView {
  /** The relays on the way, the one next to this node first; none: a direct link. */
  readonly relays: readonly NodeId[];
  /** The link that it begins with, such as `udp://192.0.2.7:4840`. */
  readonly link: string;
  /**
   * `used`: what this node sends goes by it. `ready`: it answers. `silent`: it was asked and does not answer, or never
   * did. `refused`: a relay said a moment ago that it leads nowhere. `unproven`: the other end has not shown yet that the
   * address is its own.
   */
  readonly state: 'used' | 'ready' | 'silent' | 'refused' | 'unproven';
  /** Round trip in ms: the least of the last half minute, smoothed, and how much it varies; null before it was measured. */
  readonly rtt: { readonly leastMs: number; readonly smoothedMs: number; readonly variationMs: number } | null;
  /** Of the packets sent and of those that should have come, from 0 to 1, as far as is known. */
  readonly lossShare: number;
  readonly incomingLossShare: number;
  /** What ways are compared by, in ms (PROTOCOL section 7); null before the round trip was measured. */
  readonly costMs: number | null;
  /** Sent on it since the process began, and in the last minute, with everything that protects them. */
  readonly bytesSent: number;
  readonly bytesSentLastMinute: number;
  /** Received on it since the process began, likewise. */
  readonly bytesReceived: number;
  /** Users' data on all ways together since the process began: what was sent, what of it by way of other nodes (PROTOCOL section 7). */
  readonly usersData: ShareFigures;
  /** Flight times by hop, in the order in which messages pass. */
  readonly there: readonly HopFlight[];
  readonly back: readonly HopFlight[];
}
