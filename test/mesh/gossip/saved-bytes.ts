import fc from 'fast-check';
import t from 'tap';
import { bytesToText, savedList, savedMember, textToBytes } from '../../../mesh/gossip/saved-bytes.ts';

t.test('bytes become text and come back', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      t.same(Uint8Array.from(textToBytes(bytesToText(bytes)) ?? []), bytes);
    }),
    { seed: 1 },
  );
});

t.test('a view gives its own bytes only', async (t) => {
  t.equal(bytesToText(Uint8Array.of(9, 0, 1, 9).subarray(1, 3)), 'AAE');
});

t.test('what is not exactly such a text is refused', async (t) => {
  for (const value of ['AAE=', 'AA E', 'AAF', 'A', 'AA+/', 'AAE\n', 7, null, undefined, {}, ['AAE']])
    t.equal(textToBytes(value), null, JSON.stringify(value));
});

t.test('members and lists are found where they are', async (t) => {
  t.equal(savedMember({ a: 1 }, 'a'), 1);
  for (const value of [null, undefined, 3, 'a', [], {}]) t.equal(savedMember(value, 'a'), undefined);
  t.equal(savedMember({}, 'toString'), undefined, 'nothing inherited');
  t.same(savedList({ a: [1, 2, 3] }, 'a', 2), [1, 2]);
  for (const value of [null, { a: 'xy' }, { a: { length: 3 } }]) t.same(savedList(value, 'a', 2), []);
});
