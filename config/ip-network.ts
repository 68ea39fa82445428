import ipaddr from 'ipaddr.js';
import { canonicalIp } from './ip-literal.ts';
import type { ParseFailure } from './parse-failure.ts';
import { quote } from './quote.ts';

/** The addresses that share their first bits. */
export interface IpNetwork {
  /** 4 or 16, the bits beyond the prefix zero. Never an IPv4-mapped IPv6 address. */
  readonly bytes: Uint8Array;
  /** 0 to 32 or 128. */
  readonly prefixBits: number;
}

/** The first 96 bits of IPv4-mapped IPv6 addresses (RFC 4291 section 2.5.5.2). */
const MAPPED_BITS = 96;

/**
 * Reads `192.0.2.0/24`, `2001:db8::/32`, or an address, which is a network of one. Networks of IPv4-mapped addresses
 * are the IPv4 networks that they are.
 */
export function parseIpNetwork(text: string): IpNetwork | ParseFailure {
  const slash = text.indexOf('/');
  const written = slash < 0 ? text : text.slice(0, slash);
  const ip = canonicalIp(written);
  if (ip === null) return { error: `${quote(text)} is no network; write one such as 192.0.2.0/24 or 2001:db8::/32` };
  const bytes = Uint8Array.from(ipaddr.parse(ip).toByteArray());
  const isMapped = bytes.length === 4 && written.includes(':');
  const writtenBits = isMapped ? 128 : bytes.length * 8;
  const prefix = slash < 0 ? String(writtenBits) : text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > writtenBits) {
    return { error: `${quote(text)} has no valid prefix length; write a number from 0 to ${writtenBits} after the /` };
  }
  if (isMapped && Number(prefix) < MAPPED_BITS) {
    return { error: `${quote(text)} holds more than all of IPv4; write 0.0.0.0/0 or a network of IPv6` };
  }
  const prefixBits = isMapped ? Number(prefix) - MAPPED_BITS : Number(prefix);
  const network = { bytes: maskedBytes(bytes, prefixBits), prefixBits };
  if (network.bytes.every((byte, index) => byte === bytes[index])) return network;
  return { error: `${quote(text)} has bits set beyond its prefix; write ${formatIpNetwork(network)}` };
}

/** The one spelling: `192.0.2.0/24`; networks of one address too have their prefix length. */
export function formatIpNetwork({ bytes, prefixBits }: IpNetwork): string {
  const address = ipaddr.fromByteArray([...bytes]);
  const text = address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
  return `${text}/${prefixBits}`;
}

function maskedBytes(bytes: Uint8Array, prefixBits: number): Uint8Array {
  return bytes.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, prefixBits - index * 8))));
}
