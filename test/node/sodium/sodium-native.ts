import t from 'tap';
import { SodiumError, loadSodium } from '../../../node/sodium/load-sodium.ts';
import { isSodiumNativeModule, SodiumNative } from '../../../node/sodium/sodium-native.ts';
import { sodiumContract } from '../../fixtures/wire/sodium-contract.ts';

const native = await loadSodium('sodium-native').catch((error: unknown) => {
  if (error instanceof SodiumError) return null;
  throw error;
});

t.test('the native library', { skip: native === null && 'has no build for this machine' }, async (t) => {
  if (native === null) return;
  t.type(native, SodiumNative);
  t.equal(native.name, 'sodium-native');
  sodiumContract(t, native);
});

t.test('a module without the functions is not taken', async (t) => {
  for (const module of [undefined, null, 1, {}, { crypto_generichash: () => undefined }]) {
    t.equal(isSodiumNativeModule(module), false);
  }
});
