import t from 'tap';
import { loadSodium, SodiumError } from '../../../node/sodium/load-sodium.ts';
import { sodiums } from '../../fixtures/wire/sodiums.ts';

/** Runs with the environment variable set, or unset where null. */
async function withEnvironment<T>(value: string | null, run: () => Promise<T>): Promise<T> {
  const before = process.env['USERVPN_SODIUM'];
  const set = (next: string | undefined): void => {
    if (next === undefined) delete process.env['USERVPN_SODIUM'];
    else process.env['USERVPN_SODIUM'] = next;
  };
  set(value ?? undefined);
  try {
    return await run();
  } finally {
    set(before);
  }
}

t.test('native where it loads, else WebAssembly', async (t) => {
  const best = sodiums.some(({ name }) => name === 'sodium-native') ? 'sodium-native' : 'libsodium-wrappers';
  for (const value of [null, '']) {
    const sodium = await withEnvironment(value, () => loadSodium());
    t.equal(sodium.name, best);
  }
});

t.test('one of them can be forced, by argument or environment', async (t) => {
  for (const { name } of sodiums) {
    t.equal((await loadSodium(name)).name, name);
    t.equal((await withEnvironment(name, () => loadSodium())).name, name);
  }
  const sodium = await withEnvironment('sodium-native', () => loadSodium('libsodium-wrappers'));
  t.equal(sodium.name, 'libsodium-wrappers', 'the argument wins');
});

t.test('an unknown name in the environment is said', async (t) => {
  const error = await withEnvironment('openssl', () => loadSodium()).catch((error: unknown) => error);
  t.type(error, SodiumError);
  t.match(error, { code: 'sodium-unavailable', message: /USERVPN_SODIUM is openssl/ });
});

t.test('a machine for which there is no native build', async (t) => {
  const cause = new Error('no native build for this platform');
  for (const importNative of [() => Promise.reject(cause), async () => ({ default: {} })]) {
    const sodium = await withEnvironment(null, () => loadSodium(undefined, importNative));
    t.equal(sodium.name, 'libsodium-wrappers');
    const error = await loadSodium('sodium-native', importNative).catch((error: unknown) => error);
    t.type(error, SodiumError, 'forced, it fails');
  }
});
