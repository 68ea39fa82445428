import type { Socket } from 'node:net';

import type { Destination } from './udp/destination.ts';

/**
 * What the system's sockets can do and node's don't show. Optional: every transport works without it, with a system
 * call for each datagram and messages that pass everywhere.
 */
export interface SocketOptions {
  /** For logs and tables. */
  readonly name: string;
  /**
   * Makes a UDP socket bound to `address`, an IP literal, and `port`. Its datagrams are never fragmented, neither here
   * nor on the way; what is too large is lost. It receives datagrams that came together as one piece of up to 64 KB.
   * `isShared`: others that are made so may be bound to the same port, and each that is connected gets what comes from its
   * peer. Returns its descriptor, for `dgram.Socket.bind({ fd })`. Throws an error with the system's code, such as EADDRINUSE.
   */
  openDatagrams(address: string, port: number, isShared: boolean): number;
  /**
   * Sends `length` bytes of `bytes` from `offset` as datagrams of `segmentBytes` each, only the last possibly shorter,
   * with one system call that does not wait: at most 64 of them and 65,507 bytes.
   * `destination` is null on a connected socket. Returns an empty string where all of them were taken, else why none
   * was, such as EAGAIN. EINVAL, EIO and EMSGSIZE may also mean that the way out can't take several at once.
   */
  sendSegments(
    descriptor: number,
    destination: Destination | null,
    bytes: Uint8Array,
    offset: number,
    length: number,
    segmentBytes: number,
  ): string;
  /**
   * Makes the system send a connected TCP socket's bytes at the path's rate whatever gets lost (BBR), and queue little of what
   * it can't send yet; what is not possible is left out.
   */
  tuneStream(socket: Socket): void;
}
