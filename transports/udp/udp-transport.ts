import { endpointProblem } from '../endpoint-problem.ts';
import { refusedLink } from '../refused-link.ts';
import type { TransportContext } from '../transport-context.ts';
import type { Transport } from '../transport.ts';
import { DialledUdpLink } from './dialled-udp-link.ts';
import { listenUdp } from './udp-listener.ts';

/** One message, or a batch of them, a datagram (PROTOCOL section 6). Garbage gets silence. */
export function createUdpTransport(context: TransportContext): Transport {
  return {
    listen: async (endpoint, handler) => {
      const problem = endpointProblem(endpoint, 'listen');
      if (problem !== null) throw problem;
      return listenUdp(endpoint, context, handler);
    },
    dial: (endpoint, handler) => {
      const problem = endpointProblem(endpoint, 'dial');
      if (problem !== null) return refusedLink(endpoint, problem, handler);
      return new DialledUdpLink(endpoint, context, handler);
    },
  };
}
