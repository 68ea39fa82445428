import type { NodeId } from '../config/node-id.ts';
import type { MeshStream } from '../mesh/mesh-stream.ts';
import type { Target } from '../mesh/session/target.ts';
import type { ConnectOutcome } from './connect-outcome.ts';
import type { Route } from './route.ts';

/** Where an exit is to be found for it. */
export type ExitRoute = Extract<Route, { readonly type: 'exit' }>;

/** One connection on its way to an exit. */
export interface Attempt {
  readonly target: Target;
  route: ExitRoute;
  key: string;
  readonly done: (outcome: ConnectOutcome) => void;
  tries: number;
  /** The stream that is being opened; null while the site waits for a decision. */
  opening: { readonly exit: NodeId; readonly stream: MeshStream } | null;
  cancelDeadline: () => void;
}
