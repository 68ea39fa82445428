import { createConnection } from 'node:net';
import type { Socket } from 'node:net';

import { formatEndpoint } from '../../config/endpoint.ts';
import type { Endpoint } from '../../config/endpoint.ts';
import type { TransportContext } from '../transport-context.ts';
import type { Link, LinkHandler } from '../transport.ts';
import { SOCKET_QUEUE_BYTES, TcpLink } from './tcp-link.ts';
import type { TcpLinkRole } from './tcp-link.ts';

/** A connection that is not there after this long is given up, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Connects to `endpoint`, whose host is an IP literal. */
export function dialTcp(endpoint: Endpoint, context: TransportContext, handler: LinkHandler): Link {
  const options = { host: endpoint.host, port: endpoint.port, writableHighWaterMark: SOCKET_QUEUE_BYTES };
  const socket = createConnection(options);
  const link = new TcpLink(socket, formatEndpoint(endpoint), dialledRole(socket), context, handler);
  const cancel = context.schedule(CONNECT_TIMEOUT_MS, () => link.abandon({ code: 'timed-out' }));
  socket.once('connect', () => {
    cancel();
    context.socketOptions?.tuneStream(socket);
  });
  socket.once('close', cancel);
  return link;
}

function dialledRole(socket: Socket): TcpLinkRole {
  return {
    knownFromTheStart: true,
    // Who dialled remembers anyway.
    kept: () => {},
    unrecognised: () => socket.destroy(),
  };
}
