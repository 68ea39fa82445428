import type { NodeId } from '../config/node-id.ts';
import type { MeshStream } from '../mesh/mesh-stream.ts';
import type { Target } from '../mesh/session/target.ts';
import type { ConnectFailure } from './connect-outcome.ts';
import type { ConnectionObserver } from './connection-observer.ts';
import type { ChoiceRequest } from './exits/choice-request.ts';
import { letGo } from './let-go.ts';
import type { OpenedEvent } from './race-streams.ts';
import type { PumpStream } from './stream-pump.ts';

/** An exit that has connected, and the stream there, on which nothing was sent yet. */
export interface Reached {
  readonly exit: NodeId;
  /** The site that the exit was decided for. */
  readonly site: string;
  readonly stream: MeshStream;
  readonly opened: OpenedEvent;
}

/** How an attempt ended. */
export type AttemptOutcome =
  | { readonly type: 'reached'; readonly reached: Reached }
  /** The exit has not answered yet, but the program may be told now. */
  | {
      readonly type: 'early';
      readonly exit: NodeId;
      readonly stream: PumpStream;
      readonly observer: ConnectionObserver;
    }
  | { readonly type: 'failed'; readonly reason: ConnectFailure };

/** One connection on its way to an exit. */
export interface Attempt {
  readonly target: Target;
  readonly request: ChoiceRequest;
  /** The decision that it is part of. */
  readonly key: string;
  /** Whether the rules may still send it elsewhere once an exit has connected. */
  readonly isTentative: boolean;
  readonly done: (outcome: AttemptOutcome) => void;
  tries: number;
  /** The stream that is being opened; null while the site waits for a decision. */
  opening: { readonly exit: NodeId; readonly stream: MeshStream } | null;
  /** What an earlier attempt of the same connection reached: used where the decision is for that exit again. */
  parked: Reached | null;
}

/** Gives up what an attempt has: the stream that it is opening, or what was parked in it. */
export function letGoOf(attempt: Pick<Attempt, 'opening' | 'parked'>, what: 'opening' | 'parked'): void {
  const had = attempt[what];
  if (had !== null) letGo(had.stream);
  attempt[what] = null;
}
