import { isIPv6 } from 'node:net';

import type { Endpoint } from '../../config/endpoint.ts';
import { endpointProblem } from '../endpoint-problem.ts';
import { refusedLink } from '../refused-link.ts';
import type { TransportContext } from '../transport-context.ts';
import type { Link, LinkHandler, Transport } from '../transport.ts';
import { AcceptedUdpLink, type LinkMemory } from './accepted-udp-link.ts';
import type { Destination } from './destination.ts';
import { DialledUdpLink } from './dialled-udp-link.ts';
import { LocalPorts } from './local-ports.ts';
import { listenBeside, listenUdp } from './udp-listener.ts';

/** One message, or a batch of them, a datagram (PROTOCOL section 6). Garbage gets silence. */
export function createUdpTransport(context: TransportContext): Transport {
  const ports = new LocalPorts();
  /** What listens on ports that dialled links leave from, by family and port. */
  const ears = new Map<string, LinkMemory>();
  const dialBeside = (beside: Link, { host, port }: Endpoint, handler: LinkHandler): Link | null => {
    const destination: Destination = { address: host, port };
    if (beside instanceof AcceptedUdpLink) return beside.beside(destination);
    if (!(beside instanceof DialledUdpLink) || beside.localPort === null) return null;
    const key = `${isIPv6(host) ? 6 : 4} ${beside.localPort}`;
    // There may be a newer one of the same port by then.
    const closed = (gone: LinkMemory): unknown => ears.get(key) === gone && ears.delete(key);
    const ear = ears.get(key) ?? listenBeside(host, beside.localPort, context, handler, closed);
    if (ear !== null) ears.set(key, ear);
    return ear?.reach(destination) ?? null;
  };
  return {
    listen: async (endpoint, handler) => {
      const problem = endpointProblem(endpoint, 'listen');
      if (problem !== null) throw problem;
      return listenUdp(endpoint, context, handler);
    },
    dial: (endpoint, handler, beside = null) => {
      const problem = endpointProblem(endpoint, 'dial');
      if (problem !== null) return refusedLink(endpoint, problem, handler);
      const link = beside === null ? null : dialBeside(beside, endpoint, handler);
      return link ?? new DialledUdpLink(endpoint, context, handler, ports);
    },
  };
}
