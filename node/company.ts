import type { NodeView } from '../mesh/mesh-view.ts';
import type { Scheduler } from '../socks/scheduler.ts';

/** How long the known servers may take before somebody is told, in ms: five tries of a HELLO. */
const PATIENCE_MS = 10_000;

/** What keeps a server from answering, for logs and `check`: it never says why itself, since strangers get silence. */
export const WHY_NO_ANSWER =
  'is this machine online, is the server running and its address right, does a firewall drop the packets, is the network key the current one, was the invite used by another machine, has it expired or been revoked?';

/** Says so once where none of the servers a node knows of has answered. Returns how to stop waiting. */
export function watchForCompany(
  scheduler: Scheduler,
  serverCount: number,
  nodes: () => readonly NodeView[],
  warn: (message: string) => void,
): () => void {
  if (serverCount === 0) return () => {};
  return scheduler.after(PATIENCE_MS, () => {
    if (nodes().some(({ state }) => state === 'up' || state === 'suspect')) return;
    const which =
      serverCount === 1
        ? 'the server of the configuration has'
        : `the ${serverCount} servers of the configuration have`;
    warn(`${which} not answered for ${PATIENCE_MS / 1_000} s: ${WHY_NO_ANSWER}`);
  });
}
