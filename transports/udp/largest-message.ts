import { isIPv6 } from 'node:net';

/** What passes every IPv6 path (RFC 8200 section 5: 1,280 bytes) less its 40 bytes of IPv6 and 8 of UDP header. */
export const UDP_MESSAGE_BYTES = 1_232;

/** An Ethernet frame's 1,500 bytes less 20 of IPv4 or 40 of IPv6 header, and 8 of UDP header. */
const ETHERNET_IPV4_BYTES = 1_472;
const ETHERNET_IPV6_BYTES = 1_452;

/** How a socket for IPv6 shows IPv4 addresses (RFC 4291 section 2.5.5.2). */
const MAPPED_IPV4_PREFIX = '::ffff:';

/**
 * The largest message worth trying towards `address`, an IP literal, in bytes: what fills an Ethernet frame. Larger
 * frames end at the first router of nearly every path. Where fragments can't be forbidden there is nothing to try.
 */
export function maxProbeBytes(address: string, neverFragments: boolean): number {
  if (!neverFragments) return UDP_MESSAGE_BYTES;
  const isIpv4 = !isIPv6(address) || (address.startsWith(MAPPED_IPV4_PREFIX) && address.includes('.'));
  return isIpv4 ? ETHERNET_IPV4_BYTES : ETHERNET_IPV6_BYTES;
}
