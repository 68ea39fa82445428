import { posix, win32, type PlatformPath } from 'node:path';

/** What the default places depend on; `process.platform`, `process.env` and `os.homedir()` in a real process. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path. */
  readonly homeDir: string;
}

/** Where a socket goes when it can't stand beside the configuration. */
export interface SocketDirs {
  /** XDG_RUNTIME_DIR, where it is set: private to the user. */
  readonly runtimeDir?: string | undefined;
  /** `os.tmpdir()`: shared with other users, so whoever connects there checks the owner of the socket first. */
  readonly tmpDir: string;
}

/** A Unix socket's path must fit sun_path: 108 bytes on Linux, 104 on macOS and the BSDs. */
const MAX_SOCKET_PATH_BYTES = 99;

/** The configuration file used without `--config`; an absolute path in the platform's configuration folder. */
export function defaultConfigPath({ platform, env, homeDir }: Machine): string {
  const { join, isAbsolute } = pathOf(platform);
  if (platform === 'win32') {
    const appData = env['APPDATA'];
    return join(
      appData && isAbsolute(appData) ? appData : join(homeDir, 'AppData', 'Roaming'),
      'uservpn',
      'uservpn.yaml',
    );
  }
  if (platform === 'darwin') return join(homeDir, 'Library', 'Application Support', 'uservpn', 'uservpn.yaml');
  // XDG Base Directory Specification: a relative path is invalid and to be ignored.
  const xdg = env['XDG_CONFIG_HOME'];
  return join(xdg && isAbsolute(xdg) ? xdg : join(homeDir, '.config'), 'uservpn', 'uservpn.yaml');
}

/** The folder for state: `stateDir` from the configuration, which is relative to the configuration file's folder. */
export function stateDirPath(configPath: string, stateDir: string, platform: NodeJS.Platform): string {
  const { dirname, isAbsolute, join, normalize } = pathOf(platform);
  return isAbsolute(stateDir) ? normalize(stateDir) : join(dirname(configPath), stateDir);
}

/**
 * Where the node with this configuration answers the command line: a named pipe on Windows, else a Unix socket
 * beside the configuration, or one with a hashed name where that path would be too long. `configPath` must be
 * absolute, so that every command finds the same place.
 */
export function controlSocketPath(configPath: string, dirs: SocketDirs, platform: NodeJS.Platform): string {
  const { join, normalize } = pathOf(platform);
  const path = normalize(configPath);
  if (platform === 'win32') return `\\\\.\\pipe\\uservpn-${fnv1a64(path.toLowerCase())}`;
  const beside = `${path}.sock`;
  if (fitsSocket(beside)) return beside;
  const name = `uservpn-${fnv1a64(path)}.sock`;
  const places = [dirs.runtimeDir, dirs.tmpDir].filter((dir) => dir !== undefined && dir !== '');
  return places.map((dir) => join(dir!, name)).find(fitsSocket) ?? join('/tmp', name);
}

function pathOf(platform: NodeJS.Platform): PlatformPath {
  return platform === 'win32' ? win32 : posix;
}

function fitsSocket(path: string): boolean {
  return new TextEncoder().encode(path).length <= MAX_SOCKET_PATH_BYTES;
}

/** FNV-1a, 64 bits, in hex: tells configurations apart, protects nothing. */
function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}
