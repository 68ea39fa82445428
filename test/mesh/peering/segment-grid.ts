import * as fc from 'fast-check';
import t from 'tap';
import { SegmentGrid } from '../../../mesh/peering/segment-grid.ts';

function gridOf(...lengths: number[]): SegmentGrid {
  const grid = new SegmentGrid();
  for (const length of lengths) grid.heard(length);
  return grid;
}

t.equal(new SegmentGrid().next(0, 5_000), 5_000, 'nothing is tried where nothing was heard');

const table: readonly (readonly [offset: number, totalBytes: number, next: number])[] = [
  [0, 4_928, 1_232],
  [1_232, 4_928, 2_464],
  [1_300, 4_928, 2_464],
  [3_696, 4_928, 4_928],
  [0, 3_000, 1_232],
  // A longer datagram stands before the last one.
  [1_232, 3_000, 1_768],
  [1_768, 3_000, 2_464],
  [2_464, 3_000, 3_000],
  [0, 1_300, 68],
  [68, 1_300, 1_232],
  [0, 100, 100],
];
for (const [offset, totalBytes, next] of table) {
  t.equal(gridOf(1_232, 90).next(offset, totalBytes), next, `${offset} of ${totalBytes}`);
}

t.test('the largest message lately heard counts', async (t) => {
  const grid = gridOf(1_472);
  for (let count = 0; count < 255; count++) grid.heard(1_232);
  t.equal(grid.next(0, 10_000), 1_472);
  for (let count = 0; count < 257; count++) grid.heard(1_232);
  t.equal(grid.next(0, 10_000), 1_232, 'the path became narrower');
  grid.heard(8_952);
  t.equal(grid.next(0, 10_000), 1_048, 'a larger one counts at once');
});

t.test('it always goes on, and never beyond the end', async () => {
  const lengths = fc.integer({ min: 64, max: 65_854 });
  fc.assert(
    fc.property(lengths, fc.nat(65_507), fc.nat(65_507), (length, a, b) => {
      const [offset, totalBytes] = a < b ? [a, b] : [b, a + 1];
      const next = gridOf(length).next(offset, totalBytes);
      return next > offset && next <= totalBytes;
    }),
  );
});
