import t from 'tap';
import { Incarnation } from '../../../mesh/gossip/incarnation.ts';

t.test('one more than the last, and at least the seconds since 1970', async (t) => {
  for (const [last, wallS, current] of [
    [0, 1_000.9, 1_000],
    [999, 1_000, 1_000],
    [1_000, 1_000, 1_001],
    [5_000, 1_000, 5_001],
  ] as const) {
    t.equal(new Incarnation(last, wallS).current, current);
  }
});

t.test('the next one is above all that are known', async (t) => {
  for (const [known, wallS, next] of [
    [0, 0, 101],
    [100, 0, 101],
    [150, 0, 151],
    [150, 200, 200],
  ] as const) {
    const incarnation = new Incarnation(99, 100);
    incarnation.beginAnew(known, wallS);
    t.equal(incarnation.current, next);
  }
});
