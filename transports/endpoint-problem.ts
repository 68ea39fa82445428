import { isIP } from 'node:net';

import { formatEndpoint } from '../config/endpoint.ts';
import type { Endpoint } from '../config/endpoint.ts';
import { TransportError } from './transport-error.ts';

/**
 * Why `endpoint` can't be used, or null. Sockets would look a name up, and throw on a port out of range; endpoints
 * also come from other nodes, so both are checked before a socket sees them. Only a listener may ask for port 0.
 */
export function endpointProblem(endpoint: Endpoint, use: 'listen' | 'dial'): TransportError | null {
  const { host, port } = endpoint;
  if (isIP(host) === 0) {
    const advice = 'its host is not an IP address. Names are not looked up; write the address itself.';
    return new TransportError('unsupported', `Cannot use ${formatEndpoint(endpoint)}: ${advice}`);
  }
  const lowestPort = use === 'listen' ? 0 : 1;
  if (!Number.isInteger(port) || port < lowestPort || port > 65_535) {
    const advice = `its port is not a number from ${lowestPort} to 65535.`;
    return new TransportError('unsupported', `Cannot use ${formatEndpoint(endpoint)}: ${advice}`);
  }
  return null;
}
