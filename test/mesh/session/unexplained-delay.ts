import t from 'tap';
import { UnexplainedDelay } from '../../../mesh/session/unexplained-delay.ts';

t.test('all round trips have to be longer than three of the least and 50 ms, for as long as is asked', async (t) => {
  const delay = new UnexplainedDelay();
  t.notOk(delay.lasts(0, 5_000), 'nothing is known');
  delay.update(170, 40, 1_000);
  t.notOk(delay.lasts(0, 5_000), 'what is in flight may be the reason');
  delay.update(171, 40, 1_000);
  delay.update(800, 40, 1_500);
  t.notOk(delay.lasts(1_000, 1_999));
  t.ok(delay.lasts(1_000, 2_000));
  delay.update(170, 40, 2_000);
  t.notOk(delay.lasts(0, 5_000), 'one that is not ends it');
  delay.update(800, 40, 5_000);
  t.notOk(delay.lasts(1_000, 5_999));
  t.ok(delay.lasts(1_000, 6_000));
});
