import t from 'tap';
import { Allowance } from '../../../mesh/gossip/allowance.ts';

t.test('so many at once, then one each interval, and never more than at first', async (t) => {
  const allowance = new Allowance(3, 1_000);
  t.equal(allowance.take(2, 0), 2);
  t.equal(allowance.take(2, 0), 1);
  t.equal(allowance.take(1, 999), 0);
  t.equal(allowance.take(1, 1_000), 1);
  t.equal(allowance.take(5, 3_500), 2);
  t.equal(allowance.take(1, 4_000), 1, 'halves are kept');
  t.equal(allowance.take(9, 1e9), 3);
  t.equal(allowance.take(0, 1e9), 0);
  t.notOk(allowance.has(1e9 + 999));
  t.ok(allowance.has(1e9 + 1_000));
  t.equal(allowance.left(1e9 + 2_500), 2);
  t.equal(allowance.take(3, 1e9 + 2_500), 2, 'asking uses nothing up');
});
