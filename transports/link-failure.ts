import { systemErrorCode } from './transport-error.ts';
import type { LinkFailure } from './transport.ts';

/** What a socket's error means for its link. */
export function linkFailureFrom(error: unknown): LinkFailure {
  return { code: failureCode(systemErrorCode(error)), cause: error };
}

function failureCode(systemCode: string): LinkFailure['code'] {
  switch (systemCode) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EHOSTUNREACH':
    case 'EHOSTDOWN':
    // No address of this machine's own can reach it: IPv6 without IPv6, or the interface went away.
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return 'unreachable';
    case 'ETIMEDOUT':
      return 'timed-out';
    case 'ECONNRESET':
    case 'ECONNABORTED':
    case 'EPIPE':
      return 'reset';
  }
  return 'failed';
}
