import t from 'tap';
import wrappers from 'libsodium-wrappers';
import { isLibsodiumModule } from '../../../node/sodium/libsodium-module.ts';
import type { LibsodiumModule } from '../../../node/sodium/libsodium-module.ts';
import { AAD, BULK, KEY, KEY_2, NONCE, OUT, OUT_2, TAG, WasmRegion } from '../../../node/sodium/wasm-region.ts';
import { seededBytes } from '../../fixtures/wire/seeded-bytes.ts';

await wrappers.ready;
const inside: unknown = Reflect.get(wrappers, 'libsodium');
if (!isLibsodiumModule(inside)) throw new Error('libsodium is not inside libsodium-wrappers');
const wasm: LibsodiumModule = inside;

t.test('every place keeps what was put there, beside all others', async (t) => {
  const region = new WasmRegion(wasm);
  const places = [NONCE, TAG, AAD, OUT, OUT_2, KEY, KEY_2] as const;
  const bytes = [24, 16, 64, 64, 64, 64, 64];
  region.putBulk(seededBytes(99, 70_000));
  for (const [i, place] of places.entries()) region.put(place, seededBytes(i, bytes[i]!));
  for (const [i, place] of places.entries()) {
    const out = new Uint8Array(bytes[i]!);
    region.take(place, out);
    t.strictSame(out, seededBytes(i, bytes[i]!));
    t.strictSame(region.taken(place, bytes[i]!), out);
  }
  const bulk = new Uint8Array(70_000);
  region.takeBulk(bulk);
  t.strictSame(bulk, seededBytes(99, 70_000));

  region.wipeKeys();
  t.strictSame(region.taken(KEY, BULK - KEY), new Uint8Array(BULK - KEY));
  t.strictSame(region.taken(OUT_2, 64), seededBytes(4, 64), 'and nothing else');
  region.wipeBulk(69_999);
  region.takeBulk(bulk);
  t.equal(
    bulk.findIndex((byte) => byte !== 0),
    69_999,
  );
});

t.test('more lengths than views are kept, and memory that grows in between', async (t) => {
  const region = new WasmRegion(wasm);
  const check = (bytes: number, seed: number): boolean => {
    region.putBulk(seededBytes(seed, bytes));
    const out = new Uint8Array(bytes);
    region.takeBulk(out);
    return Buffer.compare(out, seededBytes(seed, bytes)) === 0;
  };
  for (let bytes = 0; bytes < 300; bytes++) if (!check(bytes, bytes)) t.fail(`${bytes} bytes`);
  const before = wasm.HEAPU8;
  wasm._free(wasm._malloc(2 * before.length));
  t.not(wasm.HEAPU8, before, 'the memory grew');
  for (let bytes = 0; bytes < 300; bytes++) if (!check(bytes, bytes + 1)) t.fail(`${bytes} bytes after it grew`);
  t.equal(check(200_000, 5), true);
  t.equal(check(10, 6), true);
});

t.test('no memory is said, not written over', async (t) => {
  t.throws(() => new WasmRegion({ ...wasm, _malloc: () => 0 }), { name: 'RangeError', message: /^no memory/ });
});
