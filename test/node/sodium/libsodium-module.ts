import t from 'tap';
import wrappers from 'libsodium-wrappers';
import { isLibsodiumModule } from '../../../node/sodium/libsodium-module.ts';

t.test('the compiled library is inside the installed version of libsodium-wrappers', async (t) => {
  await wrappers.ready;
  const inside: unknown = Reflect.get(wrappers, 'libsodium');
  t.equal(isLibsodiumModule(inside), true);
  t.equal(isLibsodiumModule({ ...Object(inside), HEAPU8: undefined }), false);
  t.equal(isLibsodiumModule({ ...Object(inside), _crypto_generichash: undefined }), false);
  for (const module of [undefined, null, 1, {}, wrappers]) t.equal(isLibsodiumModule(module), false);
});
