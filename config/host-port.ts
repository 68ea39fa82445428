import { canonicalIp, isManyHostsIp, isWildcardIp } from './ip-literal.ts';
import { isFailure, type ParseFailure } from './parse-failure.ts';
import { quote } from './quote.ts';

/** An address to listen on or to connect to, such as `127.0.0.1:1080` or `[::1]:1080`. */
export interface HostPort {
  /** Canonical IP literal, without brackets. */
  readonly host: string;
  /** 1 to 65,535; 0, where listening, lets the system choose. */
  readonly port: number;
}

/** What an address is for: only a listener may have a wildcard address or port 0. */
export type AddressUse = 'listen' | 'dial';

/**
 * Reads `IP:PORT` or `[IPV6]:PORT`. Host names are refused: names are never looked up here. `shown` is how errors name
 * the text, which is of use where it is part of a longer one.
 */
export function parseHostPort(text: string, use: AddressUse, shown: string = quote(text)): HostPort | ParseFailure {
  const { host, port } = splitHostPort(text);
  const ip = canonicalIp(/^\[.*:.*\]$/s.test(host) ? host.slice(1, -1) : host);
  if (ip === null) return { error: notAnAddress(shown, host, text) };
  if (host.includes(':') && !host.startsWith('[')) {
    return { error: `${shown} has no brackets around its IPv6 address; write [ADDRESS]:PORT, such as [${ip}]:4840` };
  }
  if (isManyHostsIp(ip)) {
    return { error: `${shown} is a multicast or broadcast address; use the address of one machine` };
  }
  if (use === 'dial' && isWildcardIp(ip)) {
    return { error: `${shown} stands for every address of a machine; nobody can connect to it, so write the real one` };
  }
  const number = parsePort(port, shown, use);
  return isFailure(number) ? number : { host: ip, port: number };
}

/** The text that {@link parseHostPort} reads back. */
export function formatHostPort(address: HostPort): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** `host` keeps its brackets; `port` is null where there is none. */
function splitHostPort(text: string): { readonly host: string; readonly port: string | null } {
  const bracketed = /^(\[[^\]]*\])(?::(.*))?$/s.exec(text);
  if (bracketed !== null) return { host: bracketed[1]!, port: bracketed[2] ?? null };
  // An IPv6 address without brackets: its last group may or may not have been meant as the port.
  if (canonicalIp(text) !== null) return { host: text, port: null };
  const colon = text.lastIndexOf(':');
  return colon < 0 ? { host: text, port: null } : { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

function parsePort(text: string | null, shown: string, use: AddressUse): number | ParseFailure {
  if (text === null || text === '') return { error: `${shown} has no port; add one, such as :4840` };
  if (use === 'dial' && text === '0') {
    return { error: `${shown} has port 0, which only a listener may ask for; write the real port` };
  }
  if (/^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535) return Number(text);
  return { error: `${shown} has no valid port; use a number from ${use === 'listen' ? 0 : 1} to 65535` };
}

function notAnAddress(shown: string, host: string, text: string): string {
  if (host.includes('://')) return `${shown} is a URL; write only IP:PORT`;
  if (text.includes('@')) return `${shown} holds a user name; write only the IP address and the port`;
  if (host === '') return `${shown} holds no IP address; write IP:PORT, such as 127.0.0.1:1080`;
  if (host.includes('%'))
    return `${shown} holds a zone (%…), which other machines can't use; write the address without it`;
  if (/^\d{1,5}$/.test(text)) return `${shown} is a port alone; write IP:PORT, such as 127.0.0.1:${text}`;
  if (/^[\d.]+$/.test(host) || host.includes(':') || host.startsWith('[')) {
    return `${shown} holds no valid IP address; check its digits`;
  }
  if (host.toLowerCase() === 'localhost') return `${shown} names a host; write 127.0.0.1 or [::1] instead`;
  return `${shown} names a host; write its IP address, because a node never looks names up`;
}
