import t from 'tap';
import { AwaitedData } from '../../../mesh/session/awaited-data.ts';

const NEVER = Number.NEGATIVE_INFINITY;

t.test('asks after a probe timeout, but no sooner than 250 ms after anything came', async (t) => {
  const awaited = new AwaitedData();
  t.equal(awaited.dueAtMs(1_000, 1_000, 400), 1_400);
  t.equal(awaited.dueAtMs(1_000, 1_000, 20), 1_250);
  t.equal(awaited.dueAtMs(1_000, 1_100, 400), 1_500, 'something else came after the data');
});

t.test('asks once for each pause', async (t) => {
  const awaited = new AwaitedData();
  awaited.asked(1_400);
  t.equal(awaited.dueAtMs(1_000, 1_000, 400), Infinity);
  t.equal(awaited.dueAtMs(1_000, 1_450, 400), Infinity, 'the answer is no data');
  t.equal(awaited.dueAtMs(1_500, 1_500, 400), 1_900);
});

t.test('asks nobody who never sent data', async (t) => {
  t.equal(new AwaitedData().dueAtMs(NEVER, 1_000, 400), Infinity);
});
