import type { NodeId } from '../config/node-id.ts';
import type { MeshStream } from '../mesh/mesh-stream.ts';
import type { RefusalReason } from '../mesh/session/stream-codes.ts';
import type { Destination, Host, Target } from '../mesh/session/target.ts';
import { letGo } from './let-go.ts';

/** What an exit says of where a host is: null where it keeps that to itself; `session-gone` where the exit is gone. */
export type LocateAnswer =
  | { readonly type: 'located'; readonly destination: Destination | null }
  | { readonly type: 'refused'; readonly reason: RefusalReason | 'session-gone' };

/**
 * Asks an exit where a host is: port 0 is looked up and not connected to (PROTOCOL section 4). `done` is called once, never
 * inside the call, and not at all after the returned function was called, which gives up.
 */
export function locateAt(
  openStream: (exit: NodeId, target: Target) => MeshStream,
  exit: NodeId,
  host: Host,
  done: (answer: LocateAnswer) => void,
): () => void {
  const stream = openStream(exit, { host, port: 0 });
  const giveUp = (): void => letGo(stream);
  const answer = (said: LocateAnswer): void => {
    giveUp();
    done(said);
  };
  stream.onEvent = (event) => {
    switch (event.type) {
      case 'opened':
        answer({ type: 'located', destination: event.destination });
        return;
      case 'refused':
        answer({ type: 'refused', reason: event.reason });
        return;
      case 'reset':
        answer({ type: 'refused', reason: 'session-gone' });
        return;
      case 'readable':
      case 'writable':
      case 'stopped':
        return;
    }
  };
  return giveUp;
}
