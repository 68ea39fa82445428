import type { NodeId } from '../config/node-id.ts';
import type { MeshStream } from '../mesh/mesh-stream.ts';
import type { RefusalReason } from '../mesh/session/stream-codes.ts';
import type { Destination, Target } from '../mesh/session/target.ts';

/** Why a program did not get its connection: what the exit said, or that there is no exit. */
export type ConnectFailure = RefusalReason | 'no-exit';

/** How an attempt to connect through the mesh ended. */
export type ConnectOutcome =
  | {
      readonly type: 'opened';
      /** Connected. Whoever gets it must set its `onEvent` at once, and read: events before are gone. */
      readonly stream: MeshStream;
      readonly exit: NodeId;
      /** The address at the exit that the connection left from. */
      readonly bound: Target;
      /** How long the exit took to connect. */
      readonly connectMs: number;
      /** Where the exit connected to; null where it does not say, or has not yet. */
      readonly destination: Destination | null;
    }
  | { readonly type: 'failed'; readonly reason: ConnectFailure };

/**
 * Connects to a target through the mesh. `done` is called once, never inside the call, and not at all after the
 * returned function was called, which gives up.
 */
export type Connect = (target: Target, done: (outcome: ConnectOutcome) => void) => () => void;
