import fc from 'fast-check';
import t from 'tap';
import { addSample } from '../../../socks/exits/learned-mean.ts';
import { LearnedTable } from '../../../socks/exits/learned-table.ts';
import { exitNumber } from './fixtures/exits.ts';

t.test('bounded in keys and in exits, the longest unlearned first', async (t) => {
  const table = new LearnedTable(2, 2);
  for (const key of ['a', 'b', 'a', 'c']) table.learn(key, exitNumber(1));
  t.equal(table.size, 2);
  t.equal(table.get('b', exitNumber(1)), null);
  for (const exit of [2, 1, 3]) table.learn('a', exitNumber(exit));
  t.equal(table.get('a', exitNumber(2)), null);
  t.ok(table.get('a', exitNumber(1)));
  t.ok(table.get('a', exitNumber(3)));
});

t.test('reads back what it saved', async (t) => {
  const table = new LearnedTable(9, 9);
  addSample(table.learn('a', exitNumber(1)), 12.3, 5_000);
  addSample(table.learn('a', exitNumber(2)), 9, 6_000);
  addSample(table.learn('b', exitNumber(2)), 30_000, 7_000);
  const copy = new LearnedTable(9, 9);
  copy.load(JSON.parse(JSON.stringify(table.saved())));
  t.same(copy.saved(), table.saved());
  t.match(copy.get('a', exitNumber(1)), { meanMs: 12.3, weight: 1, sampledAtMs: 5_000 });
  const small = new LearnedTable(1, 1);
  small.load(table.saved());
  t.equal(small.size, 1);
  t.ok(small.get('b', exitNumber(2)));
});

t.test('what is not ours is left out', async (t) => {
  const good = [exitNumber(1), 10, 5, 1, 5, 0, 0, 0] as const;
  const bad = [
    null,
    [],
    ['x', ...good.slice(1)],
    good.slice(0, 7),
    [...good, 1],
    ...[1, 2, 3, 4, 5, 6, 7].flatMap((place) =>
      [-1, 1e300, '1', null].map((value) => good.with(place, value as never)),
    ),
  ];
  for (const mean of bad) {
    const table = new LearnedTable(9, 9);
    table.load([['k', mean, good]]);
    t.same(table.saved(), [['k', good]]);
  }
  for (const rows of [null, 3, {}, [3], [[]], [[3, good]], [['x'.repeat(1_025), good]]]) {
    const table = new LearnedTable(9, 9);
    table.load(rows);
    t.equal(table.size, 0);
  }
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const table = new LearnedTable(9, 9);
      table.load(value);
      table.load([['k', value], value]);
    }),
    { seed: 4 },
  );
});
