import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** How long the longest address of {@link encodeSocketAddress} is, in bytes. */
export const MAX_SOCKET_ADDRESS_BYTES = 28;

const AF_INET = 2;
const AF_INET6 = 10;

/**
 * An address as Linux takes it on little-endian machines (ip(7), ipv6(7)): `sockaddr_in` or `sockaddr_in6`. Null where
 * `address` is no plain IP literal; one with a zone (`%eth0`) is not.
 *
 * ```
 * family u16 | port u16, network order | IPv4 4 bytes | 8 zero bytes
 * family u16 | port u16, network order | flow information u32 | IPv6 16 bytes | scope u32
 * ```
 */
export function encodeSocketAddress(address: string, port: number): Uint8Array | null {
  if (address.includes('%') || isIP(address) === 0) return null;
  const ip = ipaddr.parse(address).toByteArray();
  const isIpv4 = ip.length === 4;
  const bytes = new Uint8Array(isIpv4 ? 16 : MAX_SOCKET_ADDRESS_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isIpv4 ? AF_INET : AF_INET6, true);
  view.setUint16(2, port);
  bytes.set(ip, isIpv4 ? 4 : 8);
  return bytes;
}
