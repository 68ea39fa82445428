import type { LookupOneOptions } from 'node:dns';
import { closeSync } from 'node:fs';
import { isIPv6 } from 'node:net';

import { DgramAsPromised } from 'dgram-as-promised';
import type { SocketAsPromised } from 'dgram-as-promised';

import type { Endpoint } from '../../config/endpoint.ts';
import type { SocketOptions } from '../socket-options.ts';
import { BatchSender } from './batch-sender.ts';

/** Room for 40 ms at 100 MB/s in the kernel; systems that allow less give what they allow. */
const KERNEL_BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * node:dgram looks a host up at every bind, connect and unconnected send, even where it is an address. This answers
 * at once, within the call, so no name ever leaves the machine and sends stay synchronous.
 */
function answerAtOnce(
  address: string,
  _options: LookupOneOptions,
  callback: (error: null, address: string, family: number) => void,
): void {
  callback(null, address, isIPv6(address) ? 6 : 4);
}

/** A UDP socket of the family of `address`, an IP literal; not bound yet. `isShared`: others may have the same port. */
export function openSocket(address: string, isShared = false): SocketAsPromised {
  const type = isIPv6(address) ? 'udp6' : 'udp4';
  return DgramAsPromised.createSocket({ type, lookup: answerAtOnce, reuseAddr: isShared });
}

/** Binds a socket of its family to `endpoint`, whose host is an IP literal. Rejects with the system's error. */
export async function bindSocket(
  socket: SocketAsPromised,
  { host, port }: Endpoint,
  options: SocketOptions | null,
): Promise<{ readonly port: number; readonly batches: BatchSender | null }> {
  if (options === null) {
    const address = await socket.bind({ address: host, port, exclusive: true });
    enlargeBuffers(socket);
    return { port: address.port, batches: null };
  }
  const batches = adopt(socket, options.openDatagrams(host, port, false), options);
  enlargeBuffers(socket);
  return { port: socket.address().port, batches };
}

/** A socket to dial from, and what it is bound to. */
export interface DiallingSocket {
  readonly socket: SocketAsPromised;
  /** Sends batches on it; null where the system offers no such thing. */
  readonly batches: BatchSender | null;
  /** Its port; null where it is not bound, and connecting will say why. */
  readonly port: number | null;
}

/**
 * Opens a socket to reach `host`, an IP literal, from `port`, which others that are opened so may share; from another
 * port where that one can't be had, or 0 was asked for.
 */
export function openDiallingSocket(host: string, port: number, options: SocketOptions | null): DiallingSocket {
  const socket = openSocket(host, true);
  const anywhere = isIPv6(host) ? '::' : '0.0.0.0';
  try {
    const batches =
      options === null
        ? bindAtOnce(socket, anywhere, port)
        : adopt(socket, options.openDatagrams(anywhere, port, true), options);
    return { socket, batches, port: socket.address().port };
  } catch {
    if (port === 0) return { socket, batches: null, port: null };
    socket.socket.close();
    return openDiallingSocket(host, 0, options);
  }
}

/**
 * Connects a socket of its family to `endpoint`, whose host is an IP literal. It is done when this returns, because the
 * lookup answers at once; that it failed is told by an `error` event.
 */
export function connectSocket(socket: SocketAsPromised, { host, port }: Endpoint): void {
  socket.socket.connect(port, host);
  enlargeBuffers(socket);
}

/** Binding is done when `bind` returns, because the lookup answers at once. */
function bindAtOnce({ socket }: SocketAsPromised, address: string, port: number): null {
  const problems: Error[] = [];
  const note = (error: Error): void => {
    problems.push(error);
  };
  socket.on('error', note);
  socket.bind({ address, port, exclusive: true });
  socket.off('error', note);
  if (problems[0] !== undefined) throw problems[0];
  return null;
}

function adopt(socket: SocketAsPromised, descriptor: number, options: SocketOptions): BatchSender {
  try {
    socket.socket.bind({ fd: descriptor });
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return new BatchSender(options, descriptor);
}

/** Enlarges the kernel's queues of a bound socket where the system allows it. */
function enlargeBuffers(socket: SocketAsPromised): void {
  try {
    socket.setRecvBufferSize(KERNEL_BUFFER_BYTES);
    socket.setSendBufferSize(KERNEL_BUFFER_BYTES);
  } catch {
    // A smaller queue loses more under a burst and is no reason to refuse service.
  }
}
