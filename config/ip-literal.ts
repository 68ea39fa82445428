import ipaddr from 'ipaddr.js';

/** Four decimal numbers without leading zeros, which some programs read as octal. */
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Nothing longer is looked at: eight groups of four, or six and an IPv4 address. */
const MAX_LITERAL_CHARACTERS = 45;

/**
 * An IP address in its one spelling: IPv6 as RFC 5952 has it (lower case, compressed), IPv4-mapped IPv6 as IPv4.
 * Null for anything else, zones (`%eth0`) included: they mean something else on every machine.
 */
export function canonicalIp(text: string): string | null {
  if (IPV4.test(text)) return text;
  if (text.length > MAX_LITERAL_CHARACTERS || !text.includes(':') || text.includes('%')) return null;
  if (!ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String();
}

/** True for `0.0.0.0` and `::`: every address of the machine, good for listening only. Takes a canonical address. */
export function isWildcardIp(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::';
}

/** True for addresses that are no single machine's: multicast and broadcast. Takes a canonical address. */
export function isManyHostsIp(ip: string): boolean {
  const range = ipaddr.parse(ip).range();
  return range === 'multicast' || range === 'broadcast';
}
