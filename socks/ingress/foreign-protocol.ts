import { formatHostPort, type HostPort } from '../../config/host-port.ts';

/** What a program speaks that took the port for another kind of proxy, and how it is told. */
export interface ForeignProtocol {
  readonly why: 'http' | 'socks4';
  /** In its own language, so that the program can show it. */
  readonly reply: Uint8Array;
}

const SOCKS4_VERSION = 0x04;
const SOCKS4_REJECTED = 0x5b;

/**
 * Which other proxy protocol a first byte announces; null where that is nothing known.
 * @param proxy the address that the program has connected to, which is what it should use by SOCKS5
 */
export function detectForeign(firstByte: number, proxy: HostPort): ForeignProtocol | null {
  if (firstByte === SOCKS4_VERSION)
    return { why: 'socks4', reply: Uint8Array.of(0, SOCKS4_REJECTED, 0, 0, 0, 0, 0, 0) };
  // Methods are in capital letters (RFC 9110 section 9.1); neither SOCKS nor TLS begins so.
  return firstByte >= 0x41 && firstByte <= 0x5a ? { why: 'http', reply: httpRefusal(proxy) } : null;
}

function httpRefusal(proxy: HostPort): Uint8Array {
  const body = `this is a SOCKS5 proxy: use socks5h://${formatHostPort(proxy)}\n`;
  const head = [
    'HTTP/1.1 501 Not Implemented',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}
