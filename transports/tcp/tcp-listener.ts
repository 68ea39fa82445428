import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

import { formatEndpoint } from '../../config/endpoint.ts';
import type { Endpoint } from '../../config/endpoint.ts';
import { listenError } from '../transport-error.ts';
import type { TransportContext } from '../transport-context.ts';
import type { LinkHandler, Listener } from '../transport.ts';
import { AcceptedConnection } from './accepted-connection.ts';
import type { ConnectionOwner } from './accepted-connection.ts';
import { SOCKET_QUEUE_BYTES } from './tcp-link.ts';

/** How many connections that nobody kept are listened to; for one more the oldest is dropped. */
const MAX_STRANGERS = 256;

/** Listens on `endpoint`, whose host is an IP literal. Rejects with a `TransportError`. */
export async function listenTcp(
  endpoint: Endpoint,
  context: TransportContext,
  handler: LinkHandler,
  maxStrangers = MAX_STRANGERS,
): Promise<Listener> {
  const server = createServer({ highWaterMark: SOCKET_QUEUE_BYTES });
  try {
    const port = await bind(server, endpoint);
    return new TcpListener(server, { ...endpoint, port }, context, handler, maxStrangers);
  } catch (error) {
    throw listenError(formatEndpoint(endpoint), error);
  }
}

class TcpListener implements Listener, ConnectionOwner {
  readonly endpoint: Endpoint;
  readonly #server: Server;
  readonly #context: TransportContext;
  readonly #handler: LinkHandler;
  readonly #maxStrangers: number;
  readonly #kept = new Set<AcceptedConnection>();
  /** Oldest first. */
  readonly #strangers = new Set<AcceptedConnection>();
  #closing: Promise<void> | null = null;

  constructor(
    server: Server,
    endpoint: Endpoint,
    context: TransportContext,
    handler: LinkHandler,
    maxStrangers: number,
  ) {
    this.#maxStrangers = maxStrangers;
    this.endpoint = endpoint;
    this.#server = server;
    this.#context = context;
    this.#handler = handler;
    server.on('connection', (socket) => this.#onConnection(socket));
    server.on('error', () => {
      // One connection could not be accepted (too many open files, say); the next one may.
    });
  }

  changed(connection: AcceptedConnection): void {
    if (connection.kept) {
      this.#strangers.delete(connection);
      this.#kept.add(connection);
    } else {
      this.#kept.delete(connection);
      this.#addStranger(connection);
    }
  }

  gone(connection: AcceptedConnection): void {
    this.#kept.delete(connection);
    this.#strangers.delete(connection);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const ended = [...this.#kept, ...this.#strangers].map((connection) => connection.ended);
    for (const { link } of this.#kept) link.close();
    for (const stranger of this.#strangers) stranger.discard();
    await Promise.all([closed, ...ended]);
  }

  #onConnection(socket: Socket): void {
    if (this.#closing !== null) {
      socket.destroy();
      return;
    }
    this.#addStranger(new AcceptedConnection(socket, this.#context, this.#handler, this));
  }

  #addStranger(stranger: AcceptedConnection): void {
    if (this.#strangers.size >= this.#maxStrangers) {
      for (const oldest of this.#strangers) {
        oldest.drop('failed');
        break;
      }
    }
    this.#strangers.add(stranger);
  }
}

function bind(server: Server, { host, port }: Endpoint): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      const address = server.address();
      // A string is a pipe's name, null a closed server: neither listens on a port.
      if (typeof address === 'object' && address !== null) resolve(address.port);
      else reject(new Error('not listening on a port'));
    });
  });
}
