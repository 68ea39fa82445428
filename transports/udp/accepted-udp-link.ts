import { remoteUrl } from '../remote-url.ts';
import type { SendBufferPool } from '../send-buffer-pool.ts';
import type { Link, LinkHandler } from '../transport.ts';
import type { DatagramSender, Sender } from './datagram-sender.ts';
import type { Destination } from './destination.ts';
import { maxProbeBytes, UDP_MESSAGE_BYTES } from './largest-message.ts';

/** The listener's side of its links: which of them it remembers. */
export interface LinkMemory {
  remember(link: AcceptedUdpLink): void;
  forget(link: AcceptedUdpLink): void;
  /** A link to an address that has sent nothing yet, remembered. */
  reach(destination: Destination): AcceptedUdpLink;
}

/** What the links of one listener share. */
export interface ListenerParts {
  readonly sender: DatagramSender;
  /** The port that the socket is bound to. */
  readonly localPort: number;
  /** Whether the socket's datagrams leave whole or not at all. */
  readonly neverFragments: boolean;
  readonly buffers: SendBufferPool;
  readonly handler: LinkHandler;
  readonly memory: LinkMemory;
}

/** A remote address of a listening socket. Nothing refers to it but its user, until it is kept. */
export class AcceptedUdpLink implements Link, Sender {
  readonly reliable = false;
  readonly maxMessageBytes = UDP_MESSAGE_BYTES;
  readonly destination: Destination;
  readonly #parts: ListenerParts;
  #maxProbeBytes: number | null = null;
  #closed = false;

  constructor(destination: Destination, parts: ListenerParts) {
    this.destination = destination;
    this.#parts = parts;
  }

  /** Made when asked for: most strangers are never named. */
  get remote(): string {
    return remoteUrl('udp', this.destination.address, this.destination.port);
  }

  get localPort(): number {
    return this.#parts.localPort;
  }

  /** A link from the same port to another address. */
  beside(destination: Destination): Link {
    return this.#parts.memory.reach(destination);
  }

  /** Looked at for each message that a relay passes on, and long in the making; not made for strangers. */
  get maxProbeBytes(): number {
    this.#maxProbeBytes ??= maxProbeBytes(this.destination.address, this.#parts.neverFragments);
    return this.#maxProbeBytes;
  }

  get writable(): boolean {
    return !this.#closed && this.#parts.sender.isWritableFor(this);
  }

  takeBuffer(bytes: number): Uint8Array {
    return this.#parts.buffers.take(bytes);
  }

  send(buffer: Uint8Array, bytes: number, messageBytes: number): void {
    if (this.#closed) this.#parts.buffers.give(buffer);
    else this.#parts.sender.send(this, buffer, bytes, messageBytes);
  }

  keep(): void {
    if (!this.#closed) this.#parts.memory.remember(this);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.memory.forget(this);
  }

  drained(): void {
    if (!this.#closed) this.#parts.handler.writable(this);
  }

  sendFailed(): void {
    // One listener serves many networks: that one of them is away is for the mesh to notice, by silence.
  }
}
