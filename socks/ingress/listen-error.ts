/** Why a port could not be opened. */
export type ListenErrorCode =
  'address-in-use' | 'address-not-available' | 'not-permitted' | 'not-an-address' | 'listen-failed';

/** A proxy port could not be opened; the message says which and what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: ListenErrorCode;

  constructor(code: ListenErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Words for what the operating system said about listening on `place`. */
export function listenError(cause: NodeJS.ErrnoException, place: string): ListenError {
  switch (cause.code) {
    case 'EADDRINUSE':
      return new ListenError('address-in-use', `${place} is taken by another program: choose another port`, { cause });
    case 'EADDRNOTAVAIL':
      return new ListenError('address-not-available', `${place} is not an address of this machine`, { cause });
    case 'EACCES':
    case 'EPERM':
      return new ListenError('not-permitted', `${place} needs more rights: choose a port from 1024 on`, { cause });
    default:
      return new ListenError('listen-failed', `cannot listen on ${place}: ${cause.message}`, { cause });
  }
}
