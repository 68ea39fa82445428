import t from 'tap';
import { LibsodiumWrappers } from '../../../node/sodium/libsodium-wrappers.ts';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { sodiumContract } from '../../fixtures/wire/sodium-contract.ts';

const wrappers = await loadSodium('libsodium-wrappers');

t.test('the library compiled to WebAssembly', async (t) => {
  t.type(wrappers, LibsodiumWrappers);
  t.equal(wrappers.name, 'libsodium-wrappers');
  sodiumContract(t, wrappers);
});
