/** What kind of mistake it was; it decides the exit status. */
export type UserErrorCode = 'usage' | 'configuration' | 'failed';

/**
 * Something the person at the keyboard can mend. Its message is shown as it is, so it says what is wrong, where, and
 * what to do next, and holds no secret.
 */
export class UserError extends Error {
  readonly code: UserErrorCode;

  constructor(code: UserErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UserError';
    this.code = code;
  }

  /** 1 where the command failed, 2 where it was called wrongly or its configuration is bad. */
  get exitStatus(): 1 | 2 {
    return this.code === 'failed' ? 1 : 2;
  }
}

/** The `code` of a system error such as `ENOENT`, or null for anything else. */
export function systemErrorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

const SENTENCES: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'the port is taken by another program',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EAI_AGAIN: 'the name server does not answer',
  ECONNREFUSED: 'nothing answers there',
  ECONNRESET: 'the other side ended the connection',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'it exists already',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in circles',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  EHOSTUNREACH: 'there is no way to that address',
  ENETUNREACH: 'there is no way to that network',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTFOUND: 'the name is not found, or this machine is offline',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'not permitted',
  ETIMEDOUT: 'no answer came in time',
  EROFS: 'the file system is read-only',
};

/** A system error in words that need no manual. */
export function explainSystemError(error: unknown): string {
  const code = systemErrorCode(error);
  if (code === null) return error instanceof Error ? error.message : String(error);
  return SENTENCES[code] ?? code;
}
