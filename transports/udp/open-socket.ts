import type { LookupOneOptions } from 'node:dns';
import { isIPv6 } from 'node:net';

import { DgramAsPromised } from 'dgram-as-promised';
import type { SocketAsPromised } from 'dgram-as-promised';

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

/** Enlarges the kernel's queues of a bound socket where the system allows it. */
export function enlargeBuffers(socket: SocketAsPromised): void {
  try {
    socket.setRecvBufferSize(KERNEL_BUFFER_BYTES);
    socket.setSendBufferSize(KERNEL_BUFFER_BYTES);
  } catch {
    // A smaller queue loses more under a burst and is no reason to refuse service.
  }
}
