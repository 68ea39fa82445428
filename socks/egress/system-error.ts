import type { RefusalReason } from '../../mesh/session/stream-codes.ts';

/** What a system's error code, of `connect` or of the resolver, means to somebody who wants to connect. */
export function refusalOfSystemError(code: string | undefined): RefusalReason {
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection-refused';
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
      return 'host-unreachable';
    case 'ENETUNREACH':
    case 'ENETDOWN':
    // No own address of that family.
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return 'network-unreachable';
    case 'ETIMEDOUT':
    case 'ETIMEOUT':
      return 'timed-out';
    case 'EACCES':
    case 'EPERM':
      return 'not-allowed';
    case 'ENOTFOUND':
    case 'ENODATA':
      return 'no-such-host';
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOBUFS':
    case 'ENOMEM':
      return 'overloaded';
    default:
      return 'failed';
  }
}
