import type { Sodium, SodiumName } from '../../mesh/wire/sodium.ts';
import { isLibsodiumModule } from './libsodium-module.ts';
import { LibsodiumWrappers } from './libsodium-wrappers.ts';
import { isSodiumNativeModule, SodiumNative } from './sodium-native.ts';

/** Neither library, or not the one that was asked for, could be loaded. */
export class SodiumError extends Error {
  override readonly name = 'SodiumError';
  readonly code = 'sodium-unavailable';
}

/**
 * Loads libsodium: the native build where there is one for this machine, else WebAssembly, several times slower on
 * small messages. `prefer` (default: the environment's `USERVPN_SODIUM`) forces one of them. `importNative` is how the
 * native package is found; a test puts a machine without it here.
 *
 * Rejects with a {@link SodiumError}.
 */
export async function loadSodium(
  prefer: SodiumName | undefined = nameFromEnvironment(),
  importNative: () => Promise<{ readonly default: unknown }> = () => import('sodium-native'),
): Promise<Sodium> {
  if (prefer === 'libsodium-wrappers') return loadWrappers();
  try {
    return await loadNative(importNative);
  } catch (cause) {
    // The package is optional: no build for this platform is the normal case here.
    if (prefer === undefined) return loadWrappers();
    throw new SodiumError('sodium-native does not load on this machine', { cause });
  }
}

async function loadNative(importNative: () => Promise<{ readonly default: unknown }>): Promise<Sodium> {
  const module = (await importNative()).default;
  if (!isSodiumNativeModule(module)) throw new SodiumError('this version of sodium-native lacks functions');
  return new SodiumNative(module);
}

async function loadWrappers(): Promise<Sodium> {
  const wrappers = (await import('libsodium-wrappers')).default;
  await wrappers.ready;
  const module: unknown = Reflect.get(wrappers, 'libsodium');
  if (!isLibsodiumModule(module)) throw new SodiumError('this version of libsodium-wrappers lacks functions');
  return new LibsodiumWrappers(module);
}

function nameFromEnvironment(): SodiumName | undefined {
  const name = process.env['USERVPN_SODIUM'];
  switch (name) {
    case 'sodium-native':
    case 'libsodium-wrappers':
      return name;
    case undefined:
    case '':
      return undefined;
  }
  throw new SodiumError(`USERVPN_SODIUM is ${name}; it can be sodium-native or libsodium-wrappers`);
}
