import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePrivateFolder, replaceFile } from '../files/atomic-write.ts';
import { withGuard } from '../files/guard.ts';
import { explainSystemError, systemErrorCode, UserError } from '../user-error.ts';
import { isListening } from './control-client.ts';
import { ControlServer, type ControlHandler } from './control-server.ts';

/** The shortest `sun_path` of the platforms is 104 bytes with its terminator. */
const MAX_SOCKET_PATH_BYTES = 100;

/** The process that runs for a state folder. */
export interface RunningProcess {
  /** Null where the pid file is missing or was damaged. */
  readonly pid: number | null;
  readonly socketPath: string;
}

/** Another process runs for the same configuration. */
export class AlreadyRunningError extends Error {
  readonly code = 'already-running';
  readonly pid: number | null;

  constructor(pid: number | null) {
    super(`already running as ${pid ?? 'an unknown process'}`);
    this.name = 'AlreadyRunningError';
    this.pid = pid;
  }
}

/** Where the process of a state folder would listen, and which one says it does. It may have died since. */
export function locateProcess(stateFolder: string): RunningProcess {
  let pid: number | null = null;
  let socketPath = defaultSocketPath(stateFolder);
  try {
    const [pidLine = '', socketLine = ''] = readFileSync(pidPath(stateFolder), 'utf8').split('\n');
    if (/^[1-9]\d{0,9}$/.test(pidLine)) pid = Number(pidLine);
    if (socketLine !== '') socketPath = socketLine;
  } catch {
    // No pid file: nobody has started here, or its writer was killed before it wrote it.
  }
  return { pid, socketPath };
}

/**
 * The right to be the one process of a state folder, together with the control socket that others find it by.
 * The socket is the lock: the system closes it however the process ends, and what is left of it is recognised.
 */
export class SingleProcess {
  readonly #stateFolder: string;
  readonly #server: ControlServer;
  readonly #borrowedFolder: string | null;
  #closed = false;

  private constructor(stateFolder: string, server: ControlServer, borrowedFolder: string | null) {
    this.#stateFolder = stateFolder;
    this.#server = server;
    this.#borrowedFolder = borrowedFolder;
  }

  /** Takes the lock and answers on the socket. Rejects with an {@link AlreadyRunningError} or a UserError. */
  static async acquire(stateFolder: string, handler: ControlHandler): Promise<SingleProcess> {
    try {
      makePrivateFolder(stateFolder);
      // Two start-ups at once could both find nobody and remove each other's socket.
      return await withGuard(stateFolder, 'starting', () => SingleProcess.#start(stateFolder, handler));
    } catch (error) {
      if (error instanceof AlreadyRunningError || systemErrorCode(error) === null) throw error;
      throw new UserError(
        'failed',
        `Could not use the state folder ${stateFolder}: ${explainSystemError(error)}. ` +
          'Make it readable and writable for you, or name another one as stateDir in the configuration.',
        { cause: error },
      );
    }
  }

  static async #start(stateFolder: string, handler: ControlHandler): Promise<SingleProcess> {
    const { pid, socketPath } = locateProcess(stateFolder);
    const usual = defaultSocketPath(stateFolder);
    for (const path of new Set([socketPath, usual])) {
      if (fits(path) && (await isListening(path))) throw new AlreadyRunningError(pid);
    }
    if (process.platform !== 'win32') rmSync(usual, { force: true });
    // A folder too deep for a socket's name lends its lock to one that isn't; the pid file says where.
    const borrowed = fits(usual) ? null : mkdtempSync(join(tmpdir(), 'uservpn-'));
    const path = borrowed === null ? usual : join(borrowed, 'control.sock');
    const single = new SingleProcess(stateFolder, await ControlServer.listen(path, handler), borrowed);
    try {
      replaceFile(pidPath(stateFolder), `${process.pid}\n${path}\n`);
    } catch (error) {
      await single.close();
      throw error;
    }
    return single;
  }

  /** Gives the right up and leaves neither socket nor pid file. Idempotent, never rejects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      rmSync(pidPath(this.#stateFolder), { force: true });
    } catch {
      // It names a process that is gone; the next start sees that.
    }
    await this.#server.close();
    if (this.#borrowedFolder !== null) rmSync(this.#borrowedFolder, { recursive: true, force: true });
  }
}

function pidPath(stateFolder: string): string {
  return join(stateFolder, 'uservpn.pid');
}

function defaultSocketPath(stateFolder: string): string {
  if (process.platform !== 'win32') return join(stateFolder, 'control.sock');
  return `\\\\.\\pipe\\uservpn-${createHash('sha256').update(stateFolder).digest('hex').slice(0, 32)}`;
}

function fits(socketPath: string): boolean {
  return process.platform === 'win32' || Buffer.byteLength(socketPath) <= MAX_SOCKET_PATH_BYTES;
}
