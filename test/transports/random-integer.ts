import t from 'tap';
import { randomInteger } from '../../transports/random-integer.ts';
import { SeededRandom } from '../fixtures/sim/seeded-random.ts';

t.test('both ends belong to the range', async (t) => {
  const zeros = { fill: (out: Uint8Array) => void out.fill(0) };
  const ones = { fill: (out: Uint8Array) => void out.fill(0xff) };
  t.equal(randomInteger(zeros, 8, 32), 8);
  t.equal(randomInteger(ones, 8, 32), 32);
  t.equal(randomInteger(zeros, 60_000, 300_000), 60_000);
  t.equal(randomInteger(ones, 60_000, 300_000), 300_000);
  t.equal(randomInteger(ones, 5, 5), 5);
});

t.test('every value comes up about equally often', async (t) => {
  const random = new SeededRandom(1);
  const counts = new Map<number, number>();
  for (let draw = 0; draw < 25_000; draw += 1) {
    const value = randomInteger(random, 8, 32);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  t.equal(counts.size, 25);
  for (const [value, count] of counts) t.ok(count > 850 && count < 1_150, `${value} came ${count} times`);
});
