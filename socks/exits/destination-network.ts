import ipaddr from 'ipaddr.js';
import { canonicalIp } from '../../config/ip-literal.ts';

/**
 * The network of an address, for what is learned about one site to help its neighbours: its /24 or, for IPv6, its /48,
 * which is what is announced as one piece. With `asn`, the autonomous system's number where a database tells it, two
 * holders of one prefix at different times are two networks. Null where it is no address.
 */
export function destinationNetwork(address: string, asn: number | null): string | null {
  const ip = canonicalIp(address);
  if (ip === null) return null;
  const parsed = ipaddr.parse(ip);
  const prefix =
    parsed instanceof ipaddr.IPv4
      ? `${parsed.octets.slice(0, 3).join('.')}.0/24`
      : `${parsed.parts
          .slice(0, 3)
          .map((part) => part.toString(16))
          .join(':')}::/48`;
  return asn === null ? prefix : `AS${asn} ${prefix}`;
}
