import fc from 'fast-check';
import t from 'tap';
import { ByteRanges } from '../../../mesh/session/byte-ranges.ts';

const SPACE = 60;

function toSet(ranges: ByteRanges): boolean[] {
  const covered = Array.from({ length: SPACE }, () => true);
  ranges.forEachGap(0, SPACE, (start, end) => covered.fill(false, start, end));
  return covered;
}

t.test('ranges touch and merge', async (t) => {
  const ranges = new ByteRanges();
  ranges.add(10, 20);
  ranges.add(30, 40);
  ranges.add(20, 30);
  t.equal(ranges.count, 1);
  t.same([ranges.firstStart, ranges.firstEnd], [10, 40]);
  ranges.remove(15, 20);
  t.equal(ranges.count, 2);
  t.same([ranges.firstStart, ranges.firstEnd], [10, 15]);
  ranges.clear();
  t.ok(ranges.isEmpty);
});

t.test('does what a set of bytes does', async (t) => {
  const operation = fc.tuple(fc.boolean(), fc.nat(SPACE), fc.nat(SPACE));
  const property = fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
    const ranges = new ByteRanges();
    const model = Array.from({ length: SPACE }, () => false);
    for (const [adds, one, other] of operations) {
      // Backwards now and then: an empty range changes nothing.
      const [start, end] = one % 7 === 0 ? [one, other] : [Math.min(one, other), Math.max(one, other)];
      if (adds) ranges.add(start, end);
      else ranges.remove(start, end);
      if (start < end) model.fill(adds, start, end);
      if (JSON.stringify(toSet(ranges)) !== JSON.stringify(model)) return false;
      const first = model.indexOf(true);
      if (ranges.isEmpty !== first < 0) return false;
      if (first >= 0 && (ranges.firstStart !== first || !model.slice(first, ranges.firstEnd).every(Boolean)))
        return false;
      if (first >= 0 && model[ranges.firstEnd] === true) return false; // merged
      let runs = 0;
      for (let at = 0; at < SPACE; at++) if (model[at] === true && model[at - 1] !== true) runs++;
      if (ranges.count !== runs) return false;
    }
    return true;
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 2_000 }));
});

t.test('gaps are told within the bounds asked for', async (t) => {
  const ranges = new ByteRanges();
  ranges.add(5, 8);
  ranges.add(12, 15);
  const gaps: number[][] = [];
  ranges.forEachGap(6, 20, (start, end) => gaps.push([start, end]));
  t.same(gaps, [
    [8, 12],
    [15, 20],
  ]);
  ranges.forEachGap(6, 8, () => t.fail('no gap there'));
});
