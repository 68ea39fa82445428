import ipaddr from 'ipaddr.js';
import type { Host, Target } from '../mesh/session/target.ts';

/** The longest name in bytes: SOCKS5 has one byte for its length (RFC 1928 section 5), and so has DNS. */
const MAX_NAME_BYTES = 255;

/**
 * Reads what a program or a peer calls a host. Returns null for what is neither an address nor a name.
 *
 * - Addresses in text become addresses: dotted quads without leading zeros, and IPv6 without a zone.
 * - Names are lower-cased and lose one trailing dot. Only letters, digits, `-` and `_` are let through: everything
 *   else has no business in a host name and much in header injection, zone ids and URL tricks.
 * - Names that end in a number are refused. No top-level domain is numeric, but the system's resolver takes
 *   `0177.0.0.1`, `2130706433` and `127.1` all for 127.0.0.1 (inet_aton), and browsers do too (WHATWG URL section 3.5).
 */
export function parseHost(text: string): Host | null {
  if (text.length === 0 || text.length > MAX_NAME_BYTES) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipHost(text);
  if (text.includes(':')) return isPlainIPv6(text) ? ipHost(text) : null;
  const name = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name)) return null;
  if (/(^|\.)([0-9]+|0x[0-9a-f]*)$/.test(name)) return parseDotted(name);
  return { type: 'name', name };
}

/** The usual text of a host; IPv6 as in RFC 5952, without brackets. Bytes of a wrong length give `?`. */
export function hostText(host: Host): string {
  return host.type === 'name' ? host.name : addressText(host.bytes);
}

/** The usual text of an address of 4 or 16 bytes. */
export function addressText(bytes: Uint8Array): string {
  if (bytes.length !== 4 && bytes.length !== 16) return '?';
  const address = ipaddr.fromByteArray([...bytes]);
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}

/** `host:port` for logs and tables, IPv6 in brackets. */
export function targetText(target: Target): string {
  const text = hostText(target.host);
  return text.includes(':') ? `[${text}]:${target.port}` : `${text}:${target.port}`;
}

/** The bytes of an address in text that the operating system gave, or null. A zone is dropped. */
export function addressBytes(text: string): Uint8Array | null {
  const plain = text.split('%')[0]!;
  return ipaddr.isValid(plain) ? toBytes(plain) : null;
}

/** An IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) as the IPv4 address that it is; others as they are. */
export function unmapped(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== 16 || bytes[10] !== 0xff || bytes[11] !== 0xff) return bytes;
  return bytes.subarray(0, 10).every((byte) => byte === 0) ? bytes.slice(12) : bytes;
}

/** `1.2.3.4.` with its trailing dot gone is an address after all. */
function parseDotted(name: string): Host | null {
  return ipaddr.IPv4.isValidFourPartDecimal(name) ? ipHost(name) : null;
}

/** ipaddr.js reads `::ffff:0177.0.0.1` as octal and allows zones; others don't, so neither is an address here. */
function isPlainIPv6(text: string): boolean {
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return false;
  const last = text.slice(text.lastIndexOf(':') + 1);
  return !last.includes('.') || ipaddr.IPv4.isValidFourPartDecimal(last);
}

function ipHost(text: string): Host {
  return { type: 'ip', bytes: toBytes(text) };
}

/** ipaddr.js reads `::1.2.3.4` as `::ffff:1.2.3.4`; it is the IPv4-compatible one (RFC 4291 section 2.5.5.1), another address. */
function toBytes(text: string): Uint8Array {
  const bytes = Uint8Array.from(ipaddr.parse(text).toByteArray());
  if (/^::\d+\.\d+\.\d+\.\d+$/.test(text)) bytes.fill(0, 10, 12);
  return bytes;
}
