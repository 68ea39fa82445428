import t from 'tap';
import { bestMeasured, electable } from '../../../socks/exits/electable.ts';
import { exit } from './fixtures/chooser-setup.ts';

const numbers = (exits: readonly { readonly id: number }[]): number[] => exits.map(({ id }) => id);

t.test('exits that are up, in the country where the last one was', async (t) => {
  const german = exit(2, 'up', 1, 'DE');
  const all = [german, exit(3, 'up', 50, 'JP'), exit(4, 'down', 9, 'FR'), exit(5, 'suspect', 9, 'DE')];
  t.same(numbers(electable(all, null).candidates), [2, 3, 4, 5]);
  t.same(numbers(electable(all, null).up), [2, 3]);
  t.same(numbers(electable(all, 'DE').up), [2]);
  t.same(numbers(electable(all, 'FR').up), [2, 3], 'anywhere, where none there is up');
  t.same(numbers(electable([exit(2, 'up', 1, ''), german], '').up), [2, 2], 'a country that is not known is none');
});

t.test('who is about to leave gets nothing new', async (t) => {
  const leaving = { ...exit(2, 'up', 1, 'DE'), draining: { leavesAtS: null } };
  const { candidates, up } = electable([leaving, exit(3, 'up', 50, 'JP')], 'DE');
  t.same(numbers(candidates), [3]);
  t.same(numbers(up), [3]);
});

t.test('the cheapest of two that were measured', async (t) => {
  const exits = [exit(2, 'up', 1, 'DE'), exit(3, 'up', 50, 'JP'), exit(4, 'up', 9, 'FR')];
  const best = (fresh: readonly number[]): number | undefined =>
    bestMeasured(exits, ({ id, rttMs }) => ({ costMs: 100 - (rttMs ?? 0), fresh: fresh.includes(id) }))?.id;
  t.equal(best([2, 3, 4]), 3);
  t.equal(best([2, 4]), 4);
  t.equal(best([3]), undefined, 'one alone says nothing of the others');
  t.equal(best([]), undefined);
});
