import type { Endpoint } from '../config/endpoint.ts';

/**
 * One hop to one neighbour. A link from `dial` may still be connecting: what is sent meanwhile is queued.
 * Sending is two steps so that nothing is copied: `takeBuffer` lends a buffer, `send` takes it back.
 */
export interface Link {
  /** For logs and tables only, such as `udp://192.0.2.7:4840`. */
  readonly remote: string;
  /** The port that datagrams leave from, where several links may share one; absent or null where that says nothing. */
  readonly localPort?: number | null;
  /** True where the carrier itself delivers everything, once and in order, or closes (TCP). */
  readonly reliable: boolean;
  /** The largest sealed message it carries, in bytes, as far as is known without trying. */
  readonly maxMessageBytes: number;
  /**
   * The largest message that can leave whole, in bytes: what path MTU discovery may try (RFC 8899). Equal to
   * `maxMessageBytes` where fragmentation can't be forbidden, or nothing is to be discovered.
   */
  readonly maxProbeBytes: number;
  /** False while it is connecting or its send queue is full; `writable` follows. */
  readonly writable: boolean;
  /** Lends a buffer of at least `bytes` bytes. */
  takeBuffer(bytes: number): Uint8Array;
  /**
   * Sends the first `bytes` bytes of a lent buffer: messages back to back, each `messageBytes` long, only the last
   * possibly shorter. The buffer must not be touched afterwards. While the link is not writable a reliable one queues
   * without limit, a datagram link drops what is far too much; a closed one drops all.
   */
  send(buffer: Uint8Array, bytes: number, messageBytes: number): void;
  /**
   * The peer proved itself: a listener remembers this link from now on, and closes it only on an error, for lack of
   * room, or by {@link Link.close}. Of several links with one remote address the one kept last stays.
   */
  keep(): void;
  /** Idempotent, never throws; `closed` is not called for it. What was sent before still leaves, if it can. */
  close(): void;
}

/** Why a link closed by itself. Codes, never message texts, are compared. */
export interface LinkFailure {
  readonly code: 'refused' | 'unreachable' | 'timed-out' | 'ended' | 'reset' | 'garbage' | 'failed';
  readonly cause?: unknown;
}

/** What a transport tells its user about its links. */
export interface LinkHandler {
  /**
   * One or more messages back to back; the carrier vouches for nothing, so each is to be opened. `bytes` is valid
   * within the call only. Until a listener's link is kept, each call may come with another object for the same peer.
   */
  received(link: Link, bytes: Uint8Array): void;
  /** The link connected, or its queue drained. */
  writable(link: Link): void;
  /** The link is gone; nothing more comes from it. */
  closed(link: Link, failure: LinkFailure): void;
}

export interface Listener {
  /** The endpoint in use, with the real port where 0 was asked for. */
  readonly endpoint: Endpoint;
  /** Stops listening and closes its links. Idempotent, never rejects. */
  close(): Promise<void>;
}

/** A way for messages to cross one hop. A new one is a folder beside this file and a line in the registry. */
export interface Transport {
  /** Rejects with a `TransportError` where the address can't be used. */
  listen(endpoint: Endpoint, handler: LinkHandler): Promise<Listener>;
  /**
   * Returns at once; a failure arrives as `closed`. Never resolves names: endpoints hold IP addresses. With `beside`, a link
   * of this transport, it leaves from the same port where that is possible, and links come from whoever sends there.
   */
  dial(endpoint: Endpoint, handler: LinkHandler, beside?: Link | null): Link;
}

/**
 * Tells how long the sealed message at `offset` is, in bytes, or 0 where no message of this mesh starts there.
 * Reads 64 bytes, which the caller has checked to be there.
 */
export type MeasureMessage = (bytes: Uint8Array, offset: number) => number;
