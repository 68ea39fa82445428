import fc from 'fast-check';
import t from 'tap';
import type { RecordsItem } from '../../../mesh/gossip/records.ts';
import { decodeRecords, encodeRecords, MIN_RECORDS_BYTES } from '../../../mesh/gossip/records.ts';
import { fromHex, toHex } from './fixtures/documents.ts';
import { golden } from './fixtures/golden-documents.ts';

const goldenItems: readonly RecordsItem[] = [
  { kind: 'revocation', bytes: fromHex(golden.revocation) },
  { kind: 'key-change', bytes: fromHex(golden.keyChange) },
];

t.test('the golden content is made and read', async (t) => {
  t.same(encodeRecords(goldenItems, 2_000).map(toHex), [golden.records]);
  t.same(decodeRecords(fromHex(golden.records)), goldenItems);
  t.same(encodeRecords([], 2_000), []);
  t.same(decodeRecords(new Uint8Array(0)), []);
});

t.test('items are split over frames, in their order, and none is over the limit', async (t) => {
  const item = fc.oneof(
    fc.record({ kind: fc.constant('record' as const), bytes: fc.uint8Array({ maxLength: 1_024 }) }),
    fc.record({ kind: fc.constant('revocation' as const), bytes: fc.uint8Array({ maxLength: 70 }) }),
    fc.record({ kind: fc.constant('key-change' as const), bytes: fc.uint8Array({ maxLength: 105 }) }),
    fc.record({ kind: fc.constant('fast' as const), bytes: fc.uint8Array({ maxLength: 874 }) }),
  );
  const limits = fc.integer({ min: MIN_RECORDS_BYTES, max: 5_000 });
  fc.assert(
    fc.property(fc.array(item, { maxLength: 40 }), limits, (items, maxBytes) => {
      const contents = encodeRecords(items, maxBytes);
      for (const content of contents) t.ok(content.length > 0 && content.length <= maxBytes);
      t.same(
        contents.flatMap((content) => decodeRecords(content)),
        items,
      );
      const total = contents.reduce((sum, content) => sum + content.length, 0);
      t.ok(contents.length <= 1 + (2 * total) / maxBytes, 'and no more frames than that takes');
    }),
    { seed: 9, numRuns: 50 },
  );
});

t.test('a limit that no record fits is a mistake', async (t) => {
  t.throws(() => encodeRecords(goldenItems, MIN_RECORDS_BYTES - 1), RangeError);
});

t.test('every truncation but the one between the items is refused', async (t) => {
  const bytes = fromHex(golden.records);
  const boundary = 3 + 70;
  for (let length = 1; length < bytes.length; length++)
    t.equal(decodeRecords(bytes.subarray(0, length)) === null, length !== boundary, `${length}`);
});

t.test('unknown kinds, items over their limit and hostile lengths are refused', async (t) => {
  const cases = [
    '0000',
    '0500',
    'ff00',
    `01${'4401'}${'00'.repeat(1_025)}`,
    `02${'4047'}${'00'.repeat(71)}`,
    `03${'406a'}${'00'.repeat(106)}`,
    '01dfffffffffffffff',
    '01ffffffffffffffff',
    '019fffffff00',
  ];
  for (const hex of cases) t.equal(decodeRecords(fromHex(hex)), null, hex.slice(0, 20));
  t.equal(decodeRecords(fromHex('0100'.repeat(30_000)))?.length, 30_000, 'many empty items are only that');
});
