import { endpointProblem } from '../endpoint-problem.ts';
import { refusedLink } from '../refused-link.ts';
import type { TransportContext } from '../transport-context.ts';
import type { Transport } from '../transport.ts';
import { dialTcp } from './dial-tcp.ts';
import { listenTcp } from './tcp-listener.ts';

/** A preamble, then messages back to back (PROTOCOL section 6). Who sends anything else is read and never answered. */
export function createTcpTransport(context: TransportContext): Transport {
  return {
    listen: async (endpoint, handler) => {
      const problem = endpointProblem(endpoint, 'listen');
      if (problem !== null) throw problem;
      return listenTcp(endpoint, context, handler);
    },
    dial: (endpoint, handler) => {
      const problem = endpointProblem(endpoint, 'dial');
      return problem === null ? dialTcp(endpoint, context, handler) : refusedLink(endpoint, problem, handler);
    },
  };
}
