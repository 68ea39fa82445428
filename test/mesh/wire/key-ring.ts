import t from 'tap';
import { KeyRing } from '../../../mesh/wire/key-ring.ts';
import { NetworkKeys } from '../../../mesh/wire/network-keys.ts';
import { seededBytes } from '../../fixtures/wire/seeded-bytes.ts';
import { sodium } from '../../fixtures/wire/sodiums.ts';

t.test('at most two, the newest first', async (t) => {
  const [a, b, c] = [1, 2, 3].map((seed) => new NetworkKeys(sodium, seededBytes(seed, 32))) as [
    NetworkKeys,
    NetworkKeys,
    NetworkKeys,
  ];
  const ring = new KeyRing(a);
  const state = (): readonly (NetworkKeys | null)[] => [ring.newest, ring.older];
  t.ok(state().every((keys, i) => keys === [a, null][i]));
  t.equal(ring.dropOlder(), null, 'nothing to drop');
  t.equal(ring.add(b), null);
  t.ok(state().every((keys, i) => keys === [b, a][i]));
  t.equal(ring.add(c), a, 'a second change before the first ended');
  t.ok(state().every((keys, i) => keys === [c, b][i]));
  t.equal(ring.dropOlder(), b);
  t.ok(state().every((keys, i) => keys === [c, null][i]));
});
