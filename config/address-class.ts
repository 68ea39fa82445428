import ipaddr from 'ipaddr.js';
import { canonicalIp } from './ip-literal.ts';

/** What kind of place an address is, seen from the internet. */
export type AddressClass =
  | 'public'
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'carrier-grade-nat'
  | 'link-local'
  /** Where clouds hand out a machine's credentials to whoever asks from that machine. */
  | 'metadata'
  | 'multicast'
  | 'broadcast'
  | 'reserved';

/** Metadata and host services of clouds, wherever they hide: link-local, CGNAT, unique local, even public space. */
const METADATA = new Set([
  '169.254.169.254', // nearly all of them
  '169.254.170.2', // Amazon ECS
  '169.254.170.23', // Amazon EKS
  '169.254.42.42', // Scaleway
  'fd00:ec2::254', // Amazon over IPv6
  'fd00:ec2::23', // Amazon EKS over IPv6
  'fd20:ce::254', // Google over IPv6
  'fd00:c1::a9fe:a9fe', // Oracle over IPv6
  'fd00:42::42', // Scaleway over IPv6
  'fd00:a9fe:a9fe::1', // Akamai (Linode) over IPv6
  'fd00:100::100:200', // Alibaba over IPv6
  'fe80::a9fe:a9fe', // OpenStack over IPv6
  '100.100.100.200', // Alibaba
  '168.63.129.16', // Azure
  '192.0.0.192', // Oracle
]);

/**
 * The class of an address of 4 or 16 bytes, without a look at what is embedded. It follows the IANA registries of
 * special-purpose addresses (RFC 6890, RFC 8190): what is not globally reachable there is not public, and neither are the
 * few anycast addresses within such blocks (RFC 7723, RFC 8155), which a network answers itself. Whatever is not known to
 * be public is `reserved`: in IPv6 that is all outside of 2000::/3, the only space given out (RFC 4291 section 2.4).
 */
export function classifyAddress(bytes: Uint8Array): AddressClass {
  if (bytes.length !== 4 && bytes.length !== 16) return 'reserved';
  const address = ipaddr.fromByteArray([...bytes]);
  if (METADATA.has(address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString())) return 'metadata';
  const range = address.range();
  switch (range) {
    case 'unicast':
    // Anycast services of the public internet (RFC 7450, RFC 7534).
    case 'amt':
    case 'as112':
    case 'as112v6':
      return bytes.length === 4 || bytes[0]! >> 5 === 1 ? 'public' : 'reserved';
    // Judged by what they embed.
    case '6to4':
    case 'teredo':
      return 'public';
    case 'rfc6052':
      // 64:ff9b:1::/48 is a network's own translator (RFC 8215), and where it puts the IPv4 address is its secret.
      return bytes[4] === 0 && bytes[5] === 0 ? 'public' : 'reserved';
    case 'private':
    case 'uniqueLocal':
      return 'private';
    case 'carrierGradeNat':
      return 'carrier-grade-nat';
    case 'linkLocal':
      return 'link-local';
    case 'unspecified':
    case 'loopback':
    case 'multicast':
    case 'broadcast':
      return range;
    default:
      return 'reserved';
  }
}

/** True for an address literal that the whole internet can tell apart: one that a site may see. */
export function isPublicIp(text: string): boolean {
  return classOf(text) === 'public';
}

/** True for an address literal that many networks have, each for itself (RFC 1918, RFC 4193); not for a carrier's (RFC 6598). */
export function isPrivateIp(text: string): boolean {
  return classOf(text) === 'private';
}

function classOf(text: string): AddressClass | null {
  const ip = canonicalIp(text);
  return ip === null ? null : classifyAddress(Uint8Array.from(ipaddr.parse(ip).toByteArray()));
}
