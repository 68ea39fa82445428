import t from 'tap';
import { NetworkKeys } from '../../../mesh/wire/network-keys.ts';
import { vectors } from '../../fixtures/wire/golden-vectors.ts';
import { fromHex, toHex } from '../../fixtures/wire/hex.ts';
import { sodiums } from '../../fixtures/wire/sodiums.ts';

for (const sodium of sodiums) {
  t.test(`${sodium.name}: the golden vectors`, async (t) => {
    const networkKey = fromHex(vectors['network key']);
    const keys = new NetworkKeys(sodium, networkKey);
    for (const purpose of ['watermark', 'mask', 'blind', 'bootstrap'] as const) {
      t.equal(toHex(keys[purpose]), vectors[`K_${purpose}`]);
    }
    sodium.wipe(networkKey);
    t.equal(toHex(keys.key), vectors['network key'], 'a copy');
    keys.wipe(sodium);
    for (const key of [keys.key, keys.watermark, keys.mask, keys.blind, keys.bootstrap]) {
      t.equal(toHex(key), '00'.repeat(32));
    }
  });

  t.test(`${sodium.name}: another length is refused`, async (t) => {
    for (const bytes of [0, 16, 31, 33]) t.throws(() => new NetworkKeys(sodium, new Uint8Array(bytes)), RangeError);
  });
}
