import { isIPv4 } from 'node:net';
import { formatEndpoint, type Endpoint } from '../config/endpoint.ts';
import { TransportError } from '../transports/transport-error.ts';
import type { LinkHandler, Listener, Transport } from '../transports/transport.ts';
import { UserError } from './user-error.ts';

/** What to listen on: IPv6's wildcard takes what comes by IPv4, too, and would find the same port in use there. */
export function withoutCovered(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const isCovered = ({ transport, host, port }: Endpoint): boolean =>
    port !== 0 &&
    isIPv4(host) &&
    endpoints.some((other) => other.host === '::' && other.port === port && other.transport === transport);
  return endpoints.filter((endpoint) => !isCovered(endpoint));
}

/** Listens on an address of the configuration. Rejects with a UserError where that is impossible. */
export async function listenOn(
  transports: ReadonlyMap<Endpoint['transport'], Transport>,
  endpoint: Endpoint,
  handler: LinkHandler,
): Promise<Listener> {
  const transport = transports.get(endpoint.transport);
  if (transport === undefined) {
    const known = [...transports.keys()].map((name) => `${name}://`).join(' or ');
    throw new UserError(
      'configuration',
      `This version can't listen on ${formatEndpoint(endpoint)}; in the configuration, use ${known} under listen.`,
    );
  }
  try {
    return await transport.listen(endpoint, handler);
  } catch (error) {
    if (!(error instanceof TransportError)) throw error;
    throw new UserError('failed', error.message, { cause: error });
  }
}
