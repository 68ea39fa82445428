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

/** A UDP socket of the family of `address`, an IP literal; not bound yet. */
export function openSocket(address: string): SocketAsPromised {
  return DgramAsPromised.createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', lookup: answerAtOnce });
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
  const batches = adopt(socket, options.openDatagrams(host, port), options);
  enlargeBuffers(socket);
  return { port: socket.address().port, batches };
}

/**
 * Connects a socket of its family to `endpoint`, whose host is an IP literal. It is done when this returns, because the
 * lookup answers at once; that it failed is told by an `error` event. Returns what sends batches on it, or null.
 */
export function connectSocket(
  socket: SocketAsPromised,
  { host, port }: Endpoint,
  options: SocketOptions | null,
): BatchSender | null {
  const batches = bindAnywhere(socket, host, options);
  socket.socket.connect(port, host);
  enlargeBuffers(socket);
  return batches;
}

function bindAnywhere(socket: SocketAsPromised, host: string, options: SocketOptions | null): BatchSender | null {
  if (options === null) return null;
  try {
    return adopt(socket, options.openDatagrams(isIPv6(host) ? '::' : '0.0.0.0', 0), options);
  } catch {
    // Whatever is wrong, connecting without them says it better.
    return null;
  }
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
