import type { Socket } from 'node:net';

import { linkFailureFrom } from '../link-failure.ts';
import { STREAM_MESSAGE_BYTES } from '../message-length.ts';
import type { TransportContext } from '../transport-context.ts';
import type { Link, LinkFailure, LinkHandler } from '../transport.ts';
import { MessageSplitter } from './message-splitter.ts';
import { makePreamble } from './preamble.ts';

/** A link is full when this much waits outside the kernel, in bytes: a few of the largest messages. For its socket's maker. */
export const SOCKET_QUEUE_BYTES = 256 * 1024;
/** How long a closed link's last messages may take to leave, in ms. */
const LINGER_MS = 2_000;
/** After so much idleness the system asks whether the peer is still there, in ms. */
const KEEP_ALIVE_MS = 10 * 60 * 1_000;

/** What differs between the two ends of a connection. */
export interface TcpLinkRole {
  /** Whether the user knows the link before anything came from the peer, and so hears when it closes. */
  readonly knownFromTheStart: boolean;
  /** The user wants the link remembered. */
  kept(): void;
  /** The peer is none of ours, and the user has been told if it knew the link. The socket is this role's from now on. */
  unrecognised(): void;
}

/** One TCP connection as a link. It owns the socket until the peer turns out to be none of ours. */
export class TcpLink implements Link {
  readonly remote: string;
  readonly reliable = true;
  readonly maxMessageBytes = STREAM_MESSAGE_BYTES;
  readonly maxProbeBytes = STREAM_MESSAGE_BYTES;
  readonly #socket: Socket;
  readonly #role: TcpLinkRole;
  readonly #context: TransportContext;
  readonly #handler: LinkHandler;
  readonly #splitter: MessageSplitter;
  /** Goes out in one write with the first message; null after it. */
  #preamble: Uint8Array | null;
  #known: boolean;
  #closed = false;
  #cancelLinger = (): void => {};

  /** `socket` is connected, or connecting. */
  constructor(socket: Socket, remote: string, role: TcpLinkRole, context: TransportContext, handler: LinkHandler) {
    this.remote = remote;
    this.#socket = socket;
    this.#role = role;
    this.#context = context;
    this.#handler = handler;
    this.#splitter = new MessageSplitter(context.measure, (run) => this.#deliver(run));
    this.#preamble = makePreamble(context.random);
    this.#known = role.knownFromTheStart;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('data', (bytes: Uint8Array) => this.take(bytes));
    socket.on('connect', () => this.#onRoom());
    socket.on('drain', () => this.#onRoom());
    socket.on('end', () => this.#fail({ code: 'ended' }));
    socket.on('error', (error) => this.#fail(linkFailureFrom(error)));
    socket.on('close', () => this.#onSocketClosed());
  }

  get writable(): boolean {
    return !this.#closed && !this.#socket.connecting && !this.#socket.writableNeedDrain;
  }

  takeBuffer(bytes: number): Uint8Array {
    return this.#context.buffers.take(bytes);
  }

  send(buffer: Uint8Array, bytes: number): void {
    const { buffers } = this.#context;
    if (this.#closed || bytes <= 0) {
      buffers.give(buffer);
      return;
    }
    const flushed = (): void => buffers.give(buffer);
    const content = bytes === buffer.length ? buffer : buffer.subarray(0, bytes);
    if (this.#preamble === null) {
      this.#socket.write(content, flushed);
      return;
    }
    this.#socket.cork();
    this.#socket.write(this.#preamble);
    this.#socket.write(content, flushed);
    this.#socket.uncork();
    this.#preamble = null;
  }

  keep(): void {
    if (!this.#closed) this.#role.kept();
  }

  /** What was sent before still leaves, within two seconds. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#socket.connecting) {
      this.#socket.destroy();
      return;
    }
    this.#cancelLinger = this.#context.schedule(LINGER_MS, () => this.#socket.destroy());
    this.#socket.end();
  }

  /** Closes at once and says why, if the user knows the link. */
  abandon(failure: LinkFailure): void {
    this.#fail(failure);
    this.#socket.destroy();
  }

  #deliver(run: Uint8Array): void {
    // The user may have closed the link on an earlier run of the same read.
    if (this.#closed) return;
    this.#known = true;
    this.#handler.received(this, run);
  }

  /** Takes what was read from the socket, valid within the call only; for a socket that emits no 'data'. */
  take(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#splitter.push(bytes);
    if (this.#splitter.state !== 'garbage' || this.#closed) return;
    this.#tellClosed({ code: 'garbage' });
    this.#role.unrecognised();
  }

  #onRoom(): void {
    if (this.writable && this.#known) this.#handler.writable(this);
  }

  #onSocketClosed(): void {
    this.#cancelLinger();
    this.#tellClosed({ code: 'ended' });
  }

  #fail(failure: LinkFailure): void {
    if (this.#closed) return;
    this.#tellClosed(failure);
    this.#socket.destroy();
  }

  #tellClosed(failure: LinkFailure): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#known) this.#handler.closed(this, failure);
  }
}
