import { createConnection } from 'node:net';
import type { NetConnectOpts, Socket } from 'node:net';

import { formatEndpoint } from '../../config/endpoint.ts';
import type { Endpoint } from '../../config/endpoint.ts';
import type { TransportContext } from '../transport-context.ts';
import type { Link, LinkHandler } from '../transport.ts';
import { SOCKET_QUEUE_BYTES, TcpLink } from './tcp-link.ts';
import type { TcpLinkRole } from './tcp-link.ts';

/** A connection that is not there after this long is given up, in ms. */
const CONNECT_TIMEOUT_MS = 10_000;

/** What one read of a connection brings at most, in bytes: several of the largest messages, so that few are cut. */
const READ_BYTES = 256 * 1024;
/** All connections are read into the same memory, as what was read is dealt with before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** Connects to `endpoint`, whose host is an IP literal. */
export function dialTcp(endpoint: Endpoint, context: TransportContext, handler: LinkHandler): Link {
  const options: NetConnectOpts & { readonly writableHighWaterMark: number } = {
    host: endpoint.host,
    port: endpoint.port,
    writableHighWaterMark: SOCKET_QUEUE_BYTES,
    onread: {
      buffer: readBuffer,
      callback(bytesRead) {
        link.take(readBuffer.subarray(0, bytesRead));
        return true;
      },
    },
  };
  const socket = createConnection(options);
  const link: TcpLink = new TcpLink(socket, formatEndpoint(endpoint), dialledRole(socket), context, handler);
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
