import type { SocketOptions } from '../../transports/socket-options.ts';
import { isKoffiModule, openLibc } from './libc-sockets.ts';
import { LinuxSocketOptions } from './linux-socket-options.ts';

/** The machines whose memory layout and numbers the adapter knows: 64 bits, little-endian, usual constants. */
const ARCHITECTURES: readonly string[] = ['x64', 'arm64', 'riscv64', 'loong64'];

/** The environment asks for something that there is not. */
export class SocketOptionsError extends Error {
  override readonly name = 'SocketOptionsError';
  readonly code = 'socket-options-unavailable';
}

/** Where the process runs; the last three for tests. */
export interface SocketOptionsSource {
  readonly prefer?: 'koffi' | 'none' | undefined;
  readonly platform?: string;
  readonly architecture?: string;
  readonly importKoffi?: () => Promise<{ readonly default: unknown }>;
}

/**
 * The system's socket options through the optional package koffi, or null where they can't be had: on anything but
 * Linux, and where the package does not load. `prefer` (default: the environment's `USERVPN_SOCKET_OPTIONS`) forces
 * `koffi` or `none`.
 *
 * Rejects with a {@link SocketOptionsError} where what is forced does not load.
 */
export async function loadSocketOptions(source: SocketOptionsSource = {}): Promise<SocketOptions | null> {
  const { platform = process.platform, architecture = process.arch } = source;
  const { prefer = preferenceFromEnvironment(), importKoffi = () => import('koffi') } = source;
  if (prefer === 'none') return null;
  try {
    if (platform !== 'linux' || !ARCHITECTURES.includes(architecture)) throw new Error(`not for ${platform}`);
    const koffi = (await importKoffi()).default;
    if (!isKoffiModule(koffi)) throw new Error('this version of koffi lacks functions');
    return new LinuxSocketOptions(openLibc(koffi));
  } catch (cause) {
    // The package is optional, and so is all that it brings.
    if (prefer === undefined) return null;
    throw new SocketOptionsError('koffi does not load on this machine', { cause });
  }
}

function preferenceFromEnvironment(): 'koffi' | 'none' | undefined {
  const name = process.env['USERVPN_SOCKET_OPTIONS'];
  switch (name) {
    case 'koffi':
    case 'none':
      return name;
    case undefined:
    case '':
      return undefined;
  }
  throw new SocketOptionsError(`USERVPN_SOCKET_OPTIONS is ${name}; it can be koffi or none`);
}
