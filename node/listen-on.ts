import { formatEndpoint, type Endpoint } from '../config/endpoint.ts';
import { TransportError } from '../transports/transport-error.ts';
import type { LinkHandler, Listener, Transport } from '../transports/transport.ts';
import { UserError } from './user-error.ts';

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
