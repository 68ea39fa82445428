import type { NodeId } from '../config/node-id.ts';
import type { ExitOverrides } from './exits/overrides.ts';
import type { RefusalReason } from '../mesh/session/stream-codes.ts';
import type { Destination, Target } from '../mesh/session/target.ts';
import type { ConnectionObserver } from './connection-observer.ts';
import type { PumpStream } from './stream-pump.ts';

/** Why a program did not get its connection: what the exit said, or that there is no exit. */
export type ConnectFailure = RefusalReason | 'no-exit';

/** How an attempt to connect ended. */
export type ConnectOutcome =
  | {
      readonly type: 'opened';
      /** Connected. Whoever gets it must set its `onEvent` at once, and read: events before are gone. */
      readonly stream: PumpStream;
      /** Null: none, it goes directly from this machine. */
      readonly exit: NodeId | null;
      /** The address at the exit, or here, that the connection left from. */
      readonly bound: Target;
      /** How long connecting took from there. */
      readonly connectMs: number;
      /** Where that connected to; null where an exit does not say, or has not yet. */
      readonly destination: Destination | null;
      readonly observer: ConnectionObserver;
    }
  | { readonly type: 'failed'; readonly reason: ConnectFailure };

/**
 * Connects to a target, through the mesh unless the rules say otherwise. `done` is called once, never inside the call, and not at all after the
 * returned function was called, which gives up. `overrides` are the program's own wishes.
 */
export type Connect = (
  target: Target,
  done: (outcome: ConnectOutcome) => void,
  overrides?: ExitOverrides,
) => () => void;
