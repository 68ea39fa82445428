import ipaddr from 'ipaddr.js';

const PREFIX_BYTES = 8;

/**
 * Whether two addresses, canonical IP literals as servers see them, are likely those of one site: the same IPv4 address, which
 * a NAT gives to all behind it, or IPv6 addresses of the same /64, which is one network (RFC 4291 section 2.5.4).
 */
export function isSameSite(a: string, b: string): boolean {
  if (!a.includes(':') || !b.includes(':')) return a === b;
  const other = ipaddr.IPv6.parse(b).toByteArray();
  const bytes = ipaddr.IPv6.parse(a).toByteArray();
  return bytes.slice(0, PREFIX_BYTES).every((byte, index) => byte === other[index]);
}
