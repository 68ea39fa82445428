import t from 'tap';
import { SegmentBudget } from '../../../mesh/session/segment-budget.ts';

t.test('ends, and is given back', async (t) => {
  const budget = new SegmentBudget();
  let taken = 0;
  while (budget.take()) taken++;
  t.equal(taken, 131_072);
  t.equal(budget.used, taken);
  t.notOk(budget.take());
  budget.giveBack(2);
  t.ok(budget.take());
  t.ok(budget.take());
  t.notOk(budget.take());
});
