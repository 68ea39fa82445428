import type { Frame } from './frame.ts';
import type { Stream } from './stream.ts';

/** What a session tells the node around it. */
export type SessionEvent =
  /** The peer opened a stream. */
  | { readonly type: 'stream'; readonly stream: Stream }
  /** The PING with this token was acknowledged. */
  | { readonly type: 'pong'; readonly token: number; readonly rttMs: number }
  /** Nothing was heard on any path for too long while something was outstanding. */
  | { readonly type: 'dead' };

/** A frame that is not the session's own business: gossip, the answer to a CHALLENGE, OBSERVED, UNREACHABLE, GOODBYE, OOB, PUNCH. */
export type MeshFrame = Extract<
  Frame,
  {
    readonly type:
      | 'response'
      | 'observed'
      | 'records'
      | 'table'
      | 'lost'
      | 'digest'
      | 'want'
      | 'unreachable'
      | 'goodbye'
      | 'time'
      | 'witness'
      | 'oob'
      | 'punch';
  }
>;
