import fc from 'fast-check';
import t from 'tap';
import { SeededRandom } from './fixtures/sim/seeded-random.ts';

function draw(random: SeededRandom, count: number): number[] {
  return Array.from({ length: count }, () => random.uint32());
}

t.test('the same seed gives the same numbers, another seed others', (t) => {
  t.same(draw(new SeededRandom(7), 100), draw(new SeededRandom(7), 100));
  const seen = new Set<string>();
  for (let seed = 0; seed < 1000; seed++) seen.add(draw(new SeededRandom(seed), 2).join(' '));
  t.equal(seen.size, 1000);
  t.end();
});

t.test('the numbers of a seed never change, or old failures could not be run again', (t) => {
  t.same(draw(new SeededRandom('uservpn'), 4), [4_204_725_904, 601_898_753, 998_260_537, 1_771_130_835]);
  const bytes = new Uint8Array(7);
  new SeededRandom('uservpn').fill(bytes);
  const words = new Uint8Array(new Uint32Array([4_204_725_904, 601_898_753]).buffer);
  t.same([...bytes], [...words.subarray(0, 7)], 'fill writes the words, lowest byte first');
  t.end();
});

t.test('all numbers of a range are about equally likely', (t) => {
  const random = new SeededRandom(1);
  const counts = Array.from({ length: 256 }, () => 0);
  for (let draws = 0; draws < 256_000; draws++) counts[random.integer(0, 255)]!++;
  const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  // 255 degrees of freedom: mean 255, standard deviation 22.6.
  t.ok(chiSquare > 150 && chiSquare < 370, `chi square ${chiSquare}`);
  t.end();
});

t.test('next is in [0, 1), integer within its range, ends included', (t) => {
  const random = new SeededRandom(2);
  let sum = 0;
  for (let draws = 0; draws < 10_000; draws++) {
    const value = random.next();
    if (!(value >= 0 && value < 1)) t.fail(`next gave ${value}`);
    sum += value;
  }
  t.ok(Math.abs(sum / 10_000 - 0.5) < 0.015);
  t.same(
    [...new Set(Array.from({ length: 200 }, () => random.integer(-1, 2)))].toSorted((a, b) => a - b),
    [-1, 0, 1, 2],
  );
  t.equal(random.integer(5, 5), 5);
  t.end();
});

t.test('fill overwrites all and only what it was given, at any length', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), fc.integer(), (length, seed) => {
      const all = new Uint8Array(60);
      new SeededRandom(seed).fill(all.subarray(10, 10 + length));
      const expected = new Uint8Array(length);
      new SeededRandom(seed).fill(expected);
      const isOutsideUntouched = [...all.subarray(0, 10), ...all.subarray(10 + length)].every((byte) => byte === 0);
      return isOutsideUntouched && Buffer.compare(all.subarray(10, 10 + length), expected) === 0;
    }),
    { seed: 1 },
  );
  const many = new Uint8Array(100_000);
  new SeededRandom(3).fill(many);
  t.equal(new Set(many).size, 256);
  t.end();
});

t.test('a fork depends on seed and label only, so a new consumer shifts nobody', (t) => {
  const fresh = new SeededRandom(4);
  const used = new SeededRandom(4);
  draw(used, 17);
  used.fork('somebody else');
  const expected = draw(fresh.fork('loss'), 20);
  t.same(draw(used.fork('loss'), 20), expected);
  t.notSame(draw(used.fork('delay'), 20), expected);
  t.notSame(draw(new SeededRandom(5).fork('loss'), 20), expected);
  const before = draw(new SeededRandom(4), 20);
  const forked = new SeededRandom(4);
  forked.fork('x').uint32();
  t.same(draw(forked, 20), before);
  t.end();
});
