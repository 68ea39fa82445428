import { formatEndpoint } from '../config/endpoint.ts';
import type { Endpoint } from '../config/endpoint.ts';
import type { TransportError } from './transport-error.ts';
import type { Link, LinkHandler } from './transport.ts';

/** The link of a dial that can't even begin, because the endpoint is of no use: it closes as soon as the caller has it. */
export function refusedLink(endpoint: Endpoint, problem: TransportError, handler: LinkHandler): Link {
  const remote = formatEndpoint(endpoint);
  let closed = false;
  const link: Link = {
    remote,
    reliable: false,
    maxMessageBytes: 0,
    maxProbeBytes: 0,
    writable: false,
    takeBuffer: (bytes) => new Uint8Array(bytes),
    send: () => {},
    keep: () => {},
    close: () => {
      closed = true;
    },
  };
  process.nextTick(() => {
    if (closed) return;
    closed = true;
    handler.closed(link, { code: 'failed', cause: problem });
  });
  return link;
}
