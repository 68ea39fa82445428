import t from 'tap';
import { loadSocketOptions, SocketOptionsError } from '../../../node/socket-options/load-socket-options.ts';

const NAME = 'USERVPN_SOCKET_OPTIONS';
const linux = { platform: 'linux', architecture: 'x64' };
const usable = { load: () => ({ func: () => () => 0 }), errno: () => 0, address: () => 0n };

/** Runs with the environment variable set, or unset where null. */
async function withEnvironment<T>(value: string | null, run: () => Promise<T>): Promise<T> {
  const before = process.env[NAME];
  const set = (next: string | undefined): void => {
    if (next === undefined) delete process.env[NAME];
    else process.env[NAME] = next;
  };
  set(value ?? undefined);
  try {
    return await run();
  } finally {
    set(before);
  }
}

t.test('loads lazily where it can', async (t) => {
  let imports = 0;
  const importKoffi = async () => {
    imports += 1;
    return { default: usable };
  };
  for (const value of [null, '', 'koffi']) {
    const options = await withEnvironment(value, () => loadSocketOptions({ ...linux, importKoffi }));
    t.equal(options?.name, 'koffi');
  }
  t.equal(imports, 3);
  t.equal(await withEnvironment('none', () => loadSocketOptions({ ...linux, importKoffi })), null);
  t.equal(await withEnvironment('koffi', () => loadSocketOptions({ ...linux, importKoffi, prefer: 'none' })), null);
  for (const elsewhere of [
    { platform: 'darwin', architecture: 'arm64' },
    { platform: 'win32', architecture: 'x64' },
    { platform: 'linux', architecture: 'ia32' },
    { platform: 'linux', architecture: 's390x' },
  ]) {
    t.equal(await withEnvironment(null, () => loadSocketOptions({ ...elsewhere, importKoffi })), null);
  }
  t.equal(imports, 3, 'and nowhere else');
});

t.test('a package that does not load is absent, unless it is forced', async (t) => {
  const broken = [
    () => Promise.reject(new Error('no build for this platform')),
    async () => ({ default: {} }),
    async () => ({
      default: {
        ...usable,
        load: () => {
          throw new Error('no such symbol');
        },
      },
    }),
  ];
  for (const importKoffi of broken) {
    t.equal(await withEnvironment(null, () => loadSocketOptions({ ...linux, importKoffi })), null);
    await t.rejects(loadSocketOptions({ ...linux, importKoffi, prefer: 'koffi' }), {
      code: 'socket-options-unavailable',
    });
  }
});

t.test('an unknown name in the environment is said', async (t) => {
  const error = await withEnvironment('ffi', () => loadSocketOptions(linux)).catch((error: unknown) => error);
  t.type(error, SocketOptionsError);
  t.match(error, { message: /USERVPN_SOCKET_OPTIONS is ffi/ });
});
