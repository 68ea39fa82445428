import type { SocketAsPromised } from 'dgram-as-promised';

import { formatEndpoint } from '../../config/endpoint.ts';
import type { Endpoint } from '../../config/endpoint.ts';
import { linkFailureFrom } from '../link-failure.ts';
import type { SendBufferPool } from '../send-buffer-pool.ts';
import type { TransportContext } from '../transport-context.ts';
import type { Link, LinkFailure, LinkHandler } from '../transport.ts';
import { DatagramSender } from './datagram-sender.ts';
import type { Destination } from './destination.ts';
import type { Sender } from './datagram-sender.ts';
import { maxProbeBytes, UDP_MESSAGE_BYTES } from './largest-message.ts';
import { LocalPorts } from './local-ports.ts';
import { connectSocket, openDiallingSocket } from './open-socket.ts';

/**
 * A link on a connected socket of its own: the kernel passes on nothing from elsewhere, and tells that the far
 * port is closed or the network is gone.
 */
export class DialledUdpLink implements Link, Sender {
  readonly remote: string;
  readonly reliable = false;
  readonly maxMessageBytes = UDP_MESSAGE_BYTES;
  readonly maxProbeBytes: number;
  readonly destination = null;
  readonly localPort: number | null;
  readonly #address: Destination;
  readonly #ports: LocalPorts;
  readonly #socket: SocketAsPromised;
  readonly #sender: DatagramSender;
  readonly #buffers: SendBufferPool;
  readonly #handler: LinkHandler;
  #connected = false;
  #closed = false;

  /** Connects to `endpoint`, whose host is an IP literal. */
  constructor(
    endpoint: Endpoint,
    { buffers, socketOptions }: TransportContext,
    handler: LinkHandler,
    ports = new LocalPorts(),
  ) {
    this.remote = formatEndpoint(endpoint);
    this.#buffers = buffers;
    this.#handler = handler;
    this.#ports = ports;
    this.#address = { address: endpoint.host, port: endpoint.port };
    const opened = openDiallingSocket(endpoint.host, ports.choose(this.#address), socketOptions);
    this.#socket = opened.socket;
    this.localPort = opened.port;
    if (opened.port !== null) ports.opened(opened.port, this.#address);
    const { socket } = this.#socket;
    socket.on('message', (bytes: Uint8Array) => {
      if (!this.#closed) handler.received(this, bytes);
    });
    socket.on('error', (error) => this.#onError(error));
    socket.on('connect', () => (this.#connected = true));
    connectSocket(this.#socket, endpoint);
    this.#sender = new DatagramSender(socket, buffers, opened.batches);
    this.maxProbeBytes = maxProbeBytes(endpoint.host, opened.batches !== null);
  }

  get writable(): boolean {
    return !this.#closed && this.#sender.isWritableFor(this);
  }

  takeBuffer(bytes: number): Uint8Array {
    return this.#buffers.take(bytes);
  }

  send(buffer: Uint8Array, bytes: number, messageBytes: number): void {
    this.#sender.send(this, buffer, bytes, messageBytes);
  }

  keep(): void {
    // Who dialled remembers anyway.
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#sender.close();
    if (this.localPort !== null) this.#ports.closed(this.localPort, this.#address);
    // Never rejects: the socket is open, because it is closed only here.
    void this.#socket.close();
  }

  drained(): void {
    this.#handler.writable(this);
  }

  sendFailed(error: Error): void {
    this.#onError(error);
  }

  /** Only what will not pass ends the link; a full queue or a datagram too large is a loss like any other. */
  #onError(error: Error): void {
    const failure = linkFailureFrom(error);
    if (!this.#connected) {
      // May be within `dial`, whose caller does not have the link yet.
      process.nextTick(() => this.#fail(failure));
      return;
    }
    switch (failure.code) {
      case 'refused':
      case 'unreachable':
        this.#fail(failure);
        return;
      case 'timed-out':
      case 'ended':
      case 'reset':
      case 'garbage':
      case 'failed':
        return;
    }
  }

  #fail(failure: LinkFailure): void {
    if (this.#closed) return;
    this.close();
    this.#handler.closed(this, failure);
  }
}
