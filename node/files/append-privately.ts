import { closeSync, constants, fchmodSync, openSync, writeSync } from 'node:fs';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;

/** Appends to a file that only this user can read (mode 0600). Never through a symbolic link. Throws the system's error. */
export function appendPrivately(path: string, text: string): void {
  // Windows has no O_NOFOLLOW; there it reads undefined.
  const file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | (O_NOFOLLOW ?? 0), 0o600);
  try {
    if (process.platform !== 'win32') fchmodSync(file, 0o600);
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
}
