import t from 'tap';
import { AwaitedData } from '../../../mesh/session/awaited-data.ts';

const NEVER = Number.NEGATIVE_INFINITY;

t.test('asks after a probe timeout, but no sooner than 250 ms after data came', async (t) => {
  const awaited = new AwaitedData();
  t.equal(awaited.dueAtMs(1_000, 400), 1_400);
  t.equal(awaited.dueAtMs(1_000, 20), 1_250);
});

t.test('asks once for each pause', async (t) => {
  const awaited = new AwaitedData();
  awaited.asked(1_400);
  t.equal(awaited.dueAtMs(1_000, 400), Infinity);
  t.equal(awaited.dueAtMs(1_500, 400), 1_900);
});

t.test('asks nobody who never sent data', async (t) => {
  t.equal(new AwaitedData().dueAtMs(NEVER, 400), Infinity);
});
