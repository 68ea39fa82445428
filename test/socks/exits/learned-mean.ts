import t from 'tap';
import { addOutcome, addSample, nothingLearned, outcomesAt, weightAt } from '../../../socks/exits/learned-mean.ts';

const DAY = 86_400_000;

t.test('the first samples count as their mean, later ones for a quarter', async (t) => {
  const mean = nothingLearned();
  addSample(mean, 10, 0);
  t.match(mean, { meanMs: 10, deviationMs: 5, weight: 1 });
  addSample(mean, 20, 0);
  t.equal(mean.meanMs, 15);
  for (let n = 0; n < 100; n++) addSample(mean, 15, 0);
  t.equal(mean.weight, 16);
  t.ok(mean.deviationMs < 0.01);
  addSample(mean, 19, 0);
  t.equal(mean.meanMs, 16);
});

t.test(
  'samples count for half after three days, outcomes after an hour, and no clock makes them younger',
  async (t) => {
    const mean = nothingLearned();
    addSample(mean, 10, DAY);
    addOutcome(mean, true, DAY);
    t.equal(weightAt(mean, 4 * DAY), 0.5);
    t.equal(weightAt(mean, 0), 1);
    t.equal(outcomesAt(mean, DAY + 3_600_000), 0.5);
    addSample(mean, 10, 0);
    t.equal(mean.sampledAtMs, DAY);
    t.equal(mean.failureRate, 1);
    addOutcome(mean, false, DAY);
    t.equal(mean.failureRate, 0.5);
  },
);

t.test('after a long time one sample replaces all', async (t) => {
  const mean = nothingLearned();
  for (let n = 0; n < 16; n++) addSample(mean, 100, 0);
  addSample(mean, 10, 365 * DAY);
  t.ok(Math.abs(mean.meanMs - 10) < 0.001);
  t.ok(mean.weight < 1.001);
});
