import fc from 'fast-check';
import t from 'tap';
import { WindowedMax } from '../../../mesh/session/windowed-max.ts';

t.test('is the largest of the last so many units of time', async (t) => {
  const steps = fc.array(fc.tuple(fc.nat(50), fc.nat(4)), { maxLength: 60 });
  const property = fc.property(steps, fc.integer({ min: 1, max: 12 }), (all, length) => {
    const max = new WindowedMax(length);
    const seen: { value: number; time: number }[] = [];
    let time = 0;
    for (const [value, step] of all) {
      time += step;
      seen.push({ value, time });
      max.update(value, time);
      const live = seen.filter((one) => one.time > time - length).map((one) => one.value);
      if (max.value !== Math.max(...live)) return false;
    }
    return true;
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 1_000 }));
});

t.test('is 0 before anything, and keeps an old value until a new one comes', async (t) => {
  const max = new WindowedMax(10);
  t.equal(max.value, 0);
  max.update(7, 1);
  t.equal(max.value, 7);
  max.update(3, 11);
  t.equal(max.value, 3);
});
