import type { Socket } from 'node:net';

import { randomInteger } from '../random-integer.ts';
import { remoteUrl } from '../remote-url.ts';
import type { TransportContext } from '../transport-context.ts';
import type { LinkHandler } from '../transport.ts';
import { TcpLink } from './tcp-link.ts';

/** Strangers are listened to until they were idle for a time drawn from this range, in ms (PROTOCOL section 6). */
const MIN_IDLE_MS = 60_000;
const MAX_IDLE_MS = 300_000;

/** The listener's side of its connections. */
export interface ConnectionOwner {
  /** It is kept, or no longer: a peer that was kept sent garbage. */
  changed(connection: AcceptedConnection): void;
  /** Its socket is gone. */
  gone(connection: AcceptedConnection): void;
}

/**
 * A connection that somebody opened to us. Until it is kept all of them look alike from outside, whatever they
 * send: everything is read, nothing is answered (but by the user of the link), and after some idleness it ends.
 */
export class AcceptedConnection {
  readonly link: TcpLink;
  /** Resolves when the socket is gone and no timer of it is left. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #context: TransportContext;
  readonly #owner: ConnectionOwner;
  readonly #idleMs: number;
  #kept = false;
  #cancelIdle = (): void => {};

  constructor(socket: Socket, context: TransportContext, handler: LinkHandler, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#context = context;
    this.#owner = owner;
    context.socketOptions?.tuneStream(socket);
    this.#idleMs = randomInteger(context.random, MIN_IDLE_MS, MAX_IDLE_MS);
    const remote = remoteUrl('tcp', socket.remoteAddress ?? '', socket.remotePort ?? 0);
    const role = {
      knownFromTheStart: false,
      kept: () => this.#setKept(true),
      unrecognised: () => this.#setKept(false),
    };
    this.link = new TcpLink(socket, remote, role, context, handler);
    // After the link's own listener: what the link was kept for needs no timer any more.
    socket.on('data', () => {
      if (!this.#kept) this.#watchIdleness();
    });
    this.ended = new Promise((resolve) => {
      socket.on('close', () => {
        this.#onSocketClosed();
        resolve();
      });
    });
    this.#watchIdleness();
  }

  get kept(): boolean {
    return this.#kept;
  }

  /** Ends it at once, because it was idle for too long or there are too many. */
  drop(code: 'timed-out' | 'failed'): void {
    this.link.abandon({ code });
  }

  /** Ends it at once without telling anybody. */
  discard(): void {
    this.link.close();
    this.#socket.destroy();
  }

  #setKept(kept: boolean): void {
    if (kept === this.#kept) return;
    this.#kept = kept;
    this.#watchIdleness();
    this.#owner.changed(this);
  }

  #watchIdleness(): void {
    this.#cancelIdle();
    this.#cancelIdle = this.#kept ? () => {} : this.#context.schedule(this.#idleMs, () => this.drop('timed-out'));
  }

  #onSocketClosed(): void {
    this.#cancelIdle();
    this.#owner.gone(this);
  }
}
