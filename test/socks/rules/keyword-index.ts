import fc from 'fast-check';
import t from 'tap';
import { KeywordIndex, MAX_ALL_KEYWORD_CHARACTERS } from '../../../socks/rules/keyword-index.ts';

function ownersIn(index: KeywordIndex, name: string): number[] {
  const owners = new Set<number>();
  index.find(name, (owner) => owners.add(owner));
  return [...owners].toSorted((a, b) => a - b);
}

t.test('keywords in names', async (t) => {
  const index = new KeywordIndex(['she', 'he', 'hers', 'his', '.ads.', 'e'].map((text, owner) => ({ text, owner })));
  t.same(ownersIn(index, 'ushers.example'), [0, 1, 2, 5]);
  t.same(ownersIn(index, 'his.ads.test'), [3, 4, 5]);
  t.same(ownersIn(index, 'x-y_1'), []);
  t.same(ownersIn(index, ''), []);
  t.same(ownersIn(index, 'h\u00e9\u2028she'), [0, 1, 5], 'what is in no name ends every keyword');
  t.same(ownersIn(new KeywordIndex([]), 'she'), []);
  t.same(ownersIn(new KeywordIndex([1, 2, 1].map((owner) => ({ text: 'a', owner }))), 'a'), [1, 2], 'shared');
});

t.test('property: a plain search says the same', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(text),
      fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 30 }),
      (words, name) => {
        const index = new KeywordIndex(words.map((word, owner) => ({ text: word, owner })));
        const expected = [...words.keys()].filter((owner) => name.includes(words[owner]!));
        return ownersIn(index, name).join() === expected.join();
      },
    ),
    { seed: 6, numRuns: 1_000 },
  );
});

t.test('as many characters as there are states', async (t) => {
  const letter = (n: number): string => String.fromCharCode(97 + (n % 26));
  // No two begin alike, so that none share a state.
  const all = Array.from({ length: MAX_ALL_KEYWORD_CHARACTERS / 60 }, (_, i) => ({
    text: `${letter(i)}${letter(Math.floor(i / 26))}`.padEnd(60, letter(i * 7 + 1)),
    owner: i,
  }));
  const index = new KeywordIndex(all);
  t.ok(ownersIn(index, `x${all[999]!.text}y`).includes(999));
  t.throws(() => new KeywordIndex([...all, { text: 'a', owner: 0 }]), RangeError);
});
