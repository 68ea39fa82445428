import type { ConnectFailure } from '../connect-outcome.ts';
import type { Target } from '../../mesh/session/target.ts';

/** REP of RFC 1928 section 6. */
export const SOCKS5_REPLY = {
  succeeded: 0x00,
  generalFailure: 0x01,
  notAllowed: 0x02,
  networkUnreachable: 0x03,
  hostUnreachable: 0x04,
  connectionRefused: 0x05,
  ttlExpired: 0x06,
  commandNotSupported: 0x07,
  addressTypeNotSupported: 0x08,
} as const;

/** One of the reply codes. */
export type Socks5ReplyCode = (typeof SOCKS5_REPLY)[keyof typeof SOCKS5_REPLY];

/**
 * A reply without an address, which is what clients expect of refusals.
 *
 * ```
 * 0 version 5 | 1 REP | 2 reserved 0 | 3 ATYP 1 | 4 address 0.0.0.0 | 8 port 0
 * ```
 */
export function socks5Refusal(code: Socks5ReplyCode): Uint8Array {
  return Uint8Array.of(0x05, code, 0, 0x01, 0, 0, 0, 0, 0, 0);
}

/** The reply that says the connection is there and where it left from. A bound name, which no exit sends, gives 0.0.0.0. */
export function socks5Success(bound: Target): Uint8Array {
  const address = bound.host.type === 'ip' ? bound.host.bytes : new Uint8Array(4);
  const reply = new Uint8Array(4 + address.length + 2);
  reply[0] = 0x05;
  reply[1] = SOCKS5_REPLY.succeeded;
  reply[3] = address.length === 16 ? 0x04 : 0x01;
  reply.set(address, 4);
  reply[reply.length - 2] = bound.port >> 8;
  reply[reply.length - 1] = bound.port & 0xff;
  return reply;
}

/** The code that comes closest to the truth: programs show it, and some of them act on it. */
export function socks5ReplyCode(reason: ConnectFailure): Socks5ReplyCode {
  switch (reason) {
    case 'not-allowed':
      return SOCKS5_REPLY.notAllowed;
    case 'network-unreachable':
    // Without an exit the internet as a whole cannot be reached.
    case 'no-exit':
      return SOCKS5_REPLY.networkUnreachable;
    case 'host-unreachable':
    case 'no-such-host':
      return SOCKS5_REPLY.hostUnreachable;
    case 'connection-refused':
      return SOCKS5_REPLY.connectionRefused;
    case 'timed-out':
      return SOCKS5_REPLY.ttlExpired;
    case 'failed':
    case 'not-an-exit':
    case 'overloaded':
      return SOCKS5_REPLY.generalFailure;
  }
}
