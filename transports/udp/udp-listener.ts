import type { RemoteInfo } from 'node:dgram';

import type { SocketAsPromised } from 'dgram-as-promised';
import { LRUCache } from 'lru-cache';

import { formatEndpoint } from '../../config/endpoint.ts';
import type { Endpoint } from '../../config/endpoint.ts';
import { messageLength } from '../message-length.ts';
import { listenError } from '../transport-error.ts';
import type { TransportContext } from '../transport-context.ts';
import type { LinkHandler, Listener, MeasureMessage } from '../transport.ts';
import { AcceptedUdpLink } from './accepted-udp-link.ts';
import type { LinkMemory, ListenerParts } from './accepted-udp-link.ts';
import type { BatchSender } from './batch-sender.ts';
import { DatagramSender } from './datagram-sender.ts';
import type { Destination } from './destination.ts';
import { bindSocket, openDiallingSocket, openSocket } from './open-socket.ts';

/** How many links a listener remembers: several for each of 254 nodes. The least recently heard goes. */
const MAX_KEPT_LINKS = 4_096;

/** Listens on `endpoint`, whose host is an IP literal. Rejects with a `TransportError`. */
export async function listenUdp(
  endpoint: Endpoint,
  context: TransportContext,
  handler: LinkHandler,
  maxKeptLinks = MAX_KEPT_LINKS,
): Promise<Listener> {
  const socket = openSocket(endpoint.host);
  try {
    const { port, batches } = await bindSocket(socket, endpoint, context.socketOptions);
    return new UdpListener(socket, batches, { ...endpoint, port }, context, handler, maxKeptLinks);
  } catch (error) {
    await socket.close();
    throw listenError(formatEndpoint(endpoint), error);
  }
}

/**
 * Listens on a port that dialled links leave from, for what none of them expects, until no link is kept any more. Null
 * where that is impossible.
 */
export function listenBeside(
  host: string,
  port: number,
  context: TransportContext,
  handler: LinkHandler,
  closed: (listener: LinkMemory) => void,
): LinkMemory | null {
  const opened = openDiallingSocket(host, port, context.socketOptions);
  if (opened.port !== port) {
    opened.socket.socket.close();
    return null;
  }
  const endpoint: Endpoint = { transport: 'udp', host, port };
  return new UdpListener(opened.socket, opened.batches, endpoint, context, handler, MAX_KEPT_LINKS, (listener) => {
    closed(listener);
    void listener.close();
  });
}

/**
 * All links of one bound socket. An address that nobody kept costs no memory: each of its datagrams makes a link
 * of its own, and one that doesn't begin with a message of this mesh makes none.
 */
class UdpListener implements Listener, LinkMemory {
  readonly endpoint: Endpoint;
  readonly #socket: SocketAsPromised;
  readonly #unused: ((listener: UdpListener) => void) | null;
  readonly #measure: MeasureMessage;
  readonly #handler: LinkHandler;
  readonly #parts: ListenerParts;
  readonly #kept: LRUCache<string, AcceptedUdpLink>;
  #closing: Promise<void> | null = null;

  /** Takes over a bound socket; `endpoint` holds its real port. `unused` is called when no link is remembered any more. */
  constructor(
    socket: SocketAsPromised,
    batches: BatchSender | null,
    endpoint: Endpoint,
    context: TransportContext,
    handler: LinkHandler,
    maxKeptLinks: number,
    unused: ((listener: UdpListener) => void) | null = null,
  ) {
    this.endpoint = endpoint;
    this.#unused = unused;
    this.#socket = socket;
    this.#measure = context.measure;
    this.#handler = handler;
    const { buffers } = context;
    const sender = new DatagramSender(socket.socket, buffers, batches);
    this.#parts = {
      sender,
      localPort: endpoint.port,
      neverFragments: batches !== null,
      buffers,
      handler,
      memory: this,
    };
    this.#kept = new LRUCache<string, AcceptedUdpLink>({
      max: maxKeptLinks,
      disposeAfter: (link, _key, reason) => this.#onForgotten(link, reason),
    });
    socket.socket.on('message', (bytes: Uint8Array, from: RemoteInfo) => this.#onDatagram(bytes, from));
    // Errors of receiving concern one datagram of one sender: the socket goes on.
  }

  remember(link: AcceptedUdpLink): void {
    if (this.#closing === null) this.#kept.set(keyOf(link.destination), link);
  }

  forget(link: AcceptedUdpLink): void {
    const key = keyOf(link.destination);
    if (this.#kept.peek(key) !== link) return;
    this.#kept.delete(key);
    if (this.#kept.size === 0) this.#unused?.(this);
  }

  reach(destination: Destination): AcceptedUdpLink {
    const known = this.#kept.get(keyOf(destination));
    if (known !== undefined) return known;
    const link = new AcceptedUdpLink(destination, this.#parts);
    this.remember(link);
    return link;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#parts.sender.close();
    for (const link of [...this.#kept.values()]) link.close();
    await this.#socket.close();
  }

  #onDatagram(bytes: Uint8Array, from: RemoteInfo): void {
    const kept = this.#kept.get(keyOf(from));
    if (kept !== undefined) {
      this.#handler.received(kept, bytes);
      return;
    }
    const messageBytes = messageLength(this.#measure, bytes, 0);
    if (messageBytes === 0 || messageBytes > bytes.length) return;
    const stranger = new AcceptedUdpLink({ address: from.address, port: from.port }, this.#parts);
    this.#handler.received(stranger, bytes);
  }

  #onForgotten(link: AcceptedUdpLink, reason: LRUCache.DisposeReason): void {
    // 'delete' is the user's own doing. A link that another one of the same address replaced hears nothing more.
    if (reason === 'delete') return;
    link.close();
    this.#handler.closed(link, { code: reason === 'evict' ? 'failed' : 'ended' });
  }
}

function keyOf({ address, port }: Destination): string {
  return `${address}|${port}`;
}
