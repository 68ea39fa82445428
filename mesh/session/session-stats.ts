import type { SessionPath } from './session-path.ts';
import type { SessionStreams } from './session-streams.ts';

/** What a session holds at a moment. */
export interface SessionStats {
  readonly streams: number;
  readonly bytesInFlight: number;
  /** The longest message on the paths that have a link, sealed, in bytes. */
  readonly maxMessageBytes: number;
  /** Written and not acknowledged. */
  readonly cachedBytes: number;
  /** Received and not read. */
  readonly unreadBytes: number;
  /** Packet numbers to be asked for. */
  readonly missingPackets: number;
  /** Runs of stream bytes that wait for a gap in front of them. */
  readonly waitingSegments: number;
}

/** Adds up what a session's streams and paths hold. */
export function statsOf({ set, credit, segments }: SessionStreams, paths: Iterable<SessionPath>): SessionStats {
  let bytesInFlight = 0;
  let missingPackets = 0;
  let maxMessageBytes = 0;
  for (const path of paths) {
    bytesInFlight += path.sent.bytesInFlight;
    missingPackets += path.received.missing.count;
    maxMessageBytes = Math.max(maxMessageBytes, path.maxMessageBytes);
  }
  let cachedBytes = 0;
  for (const stream of set.values()) cachedBytes += stream.sending.cachedBytes;
  return {
    streams: set.size,
    bytesInFlight,
    maxMessageBytes,
    cachedBytes,
    unreadBytes: credit.unreadBytes,
    missingPackets,
    waitingSegments: segments.used,
  };
}
