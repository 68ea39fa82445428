import fc from 'fast-check';
import t from 'tap';
import { CopyFilter } from '../../../mesh/relaying/copy-filter.ts';
import { seededBytes } from '../../fixtures/wire/seeded-bytes.ts';

t.test('the same message passes twice', async (t) => {
  const filter = new CopyFilter();
  const tag = seededBytes(1, 16);
  t.same(
    [1, 2, 3, 4].map(() => filter.admits(tag, 7)),
    [true, true, false, false],
  );
  t.ok(filter.admits(tag, 8), 'another number is another message');
  t.ok(filter.admits(seededBytes(2, 16), 7));
});

t.test('numbers are told apart by their low 32 bits, tags by their first eight bytes', async (t) => {
  const filter = new CopyFilter();
  const tag = seededBytes(3, 16);
  for (let count = 0; count < 3; count++) filter.admits(tag, 2 ** 40 + 5);
  t.notOk(filter.admits(tag, 2 ** 40 + 5));
  for (let at = 0; at < 8; at++) {
    const other = tag.slice();
    other[at]! ^= 0x80;
    t.ok(filter.admits(other, 2 ** 40 + 5), `byte ${at}`);
    for (let count = 0; count < 3; count++) filter.admits(tag, 2 ** 40 + 5);
  }
});

t.test('among others copies are still known', async () => {
  const property = fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(), (tag, number) => {
    const filter = new CopyFilter();
    if (!filter.admits(tag, number)) return false;
    for (let seed = 0; seed < 200; seed++) filter.admits(seededBytes(seed, 16), seed);
    const passed = [1, 2, 3].filter(() => filter.admits(tag, number)).length;
    return passed === 1 || passed === 2; // the slot may have been taken once
  });
  fc.assert(property, { numRuns: 50 });
});

t.test('a tag of zeros is a tag', async (t) => {
  const filter = new CopyFilter();
  const zeros = new Uint8Array(16);
  t.same(
    [1, 2, 3].map(() => filter.admits(zeros, 0)),
    [true, true, false],
  );
});
