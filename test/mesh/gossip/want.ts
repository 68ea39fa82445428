import fc from 'fast-check';
import t from 'tap';
import { decodeWant, encodeWants, type Wanted, type Wants } from '../../../mesh/gossip/want.ts';
import { fromHex, nodeId, toHex } from './fixtures/documents.ts';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const wanted: fc.Arbitrary<Wanted> = fc.record({
  id: fc.integer({ min: 1, max: 254 }).map(nodeId),
  revokedUpTo: fc.option(u32),
  version: fc.option(fc.record({ incarnation: u32, sequence: u32 })),
});

function nodes(...list: readonly Wanted[]): Wants {
  return { keyChange: false, nodes: list };
}

const table: readonly (readonly [string, Wants])[] = [
  ['', nodes()],
  ['0000', { keyChange: true, nodes: [] }],
  ['00000700', { keyChange: true, nodes: [{ id: nodeId(7), revokedUpTo: null, version: null }] }],
  ['0700', nodes({ id: nodeId(7), revokedUpTo: null, version: null })],
  ['fe0100000003', nodes({ id: nodeId(254), revokedUpTo: 3, version: null })],
  [
    '07026500000100000009',
    nodes({ id: nodeId(7), revokedUpTo: null, version: { incarnation: 0x65000001, sequence: 9 } }),
  ],
  [
    '0703ffffffff00000001000000020900',
    nodes(
      { id: nodeId(7), revokedUpTo: 0xffffffff, version: { incarnation: 1, sequence: 2 } },
      { id: nodeId(9), revokedUpTo: null, version: null },
    ),
  ],
];

t.test('golden ones, in both directions', async (t) => {
  for (const [hex, list] of table) {
    t.same(encodeWants(list, 100).map(toHex), hex === '' ? [] : [hex]);
    t.same(decodeWant(fromHex(hex)), list);
  }
});

t.test('any list survives the way there and back, in as many frames as it takes', async (t) => {
  const lists = fc.uniqueArray(wanted, { selector: ({ id }) => id, maxLength: 254 });
  fc.assert(
    fc.property(lists, fc.boolean(), fc.integer({ min: 14, max: 1_200 }), (list, keyChange, maxBytes) => {
      const frames = encodeWants({ keyChange, nodes: list }, maxBytes);
      for (const frame of frames) t.ok(frame.length <= maxBytes);
      t.same(
        frames.flatMap((frame) => decodeWant(frame)?.nodes ?? []),
        list,
      );
      t.equal(frames.filter((frame) => decodeWant(frame)?.keyChange === true).length, keyChange ? 1 : 0);
    }),
    { seed: 6, numRuns: 50 },
  );
  t.throws(() => encodeWants(nodes(), 13), RangeError);
});

t.test('truncations, repetitions, unknown flags and what is no number are refused', async (t) => {
  const bytes = fromHex('0703ffffffff00000001000000020900');
  for (let length = 1; length < bytes.length; length++)
    t.equal(decodeWant(bytes.subarray(0, length)) === null, length !== 14, `${length}`);
  for (const hex of ['00', '0001', '07000000', '00000000', 'ff00', '0704', '07000700', '00'.repeat(4_000)])
    t.equal(decodeWant(fromHex(hex)), null, hex.slice(0, 20));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (any) => {
      const list = decodeWant(any);
      if (list !== null && any.length > 0) t.same(encodeWants(list, 2_000)[0], any);
    }),
    { seed: 7, numRuns: 1_000 },
  );
});
