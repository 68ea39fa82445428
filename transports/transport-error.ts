/** Why a transport can't use an address; compared by programs, unlike the message. */
export type TransportErrorCode =
  'address-in-use' | 'address-not-available' | 'permission-denied' | 'unsupported' | 'failed';

/** An address can't be listened on. The message tells the user what is wrong and what to do about it. */
export class TransportError extends Error {
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'TransportError';
    this.code = code;
  }
}

/** Explains why listening on `endpoint` (as the user wrote it, such as `udp://[::]:4840`) failed with `cause`. */
export function listenError(endpoint: string, cause: unknown): TransportError {
  const code = listenErrorCode(systemErrorCode(cause));
  return new TransportError(code, `Cannot listen on ${endpoint}: ${adviceFor(code, cause)}`, cause);
}

/** The operating system's code, such as `EADDRINUSE`, or an empty string where `error` carries none. */
export function systemErrorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

function listenErrorCode(systemCode: string): TransportErrorCode {
  switch (systemCode) {
    case 'EADDRINUSE':
      return 'address-in-use';
    case 'EADDRNOTAVAIL':
      return 'address-not-available';
    case 'EACCES':
    case 'EPERM':
      return 'permission-denied';
    case 'EAFNOSUPPORT':
    case 'EPROTONOSUPPORT':
      return 'unsupported';
  }
  return 'failed';
}

function adviceFor(code: TransportErrorCode, cause: unknown): string {
  switch (code) {
    case 'address-in-use':
      return 'another program uses this port. Stop that program or choose another port.';
    case 'address-not-available':
      return 'this machine does not have this address. Use one of its own addresses, or 0.0.0.0 or [::] for all of them.';
    case 'permission-denied':
      return 'the system does not permit it. Choose a port of 1024 or above.';
    case 'unsupported':
      return 'this machine does not support this kind of address. Is IPv6 switched off?';
    case 'failed':
      return cause instanceof Error ? cause.message : String(cause);
  }
}
