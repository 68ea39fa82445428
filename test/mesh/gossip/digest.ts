import fc from 'fast-check';
import t from 'tap';
import type { NodeId } from '../../../config/node-id.ts';
import type { Digest } from '../../../mesh/gossip/digest.ts';
import { compareDigests, decodeDigest, decodeWant, encodeDigest, encodeWant } from '../../../mesh/gossip/digest.ts';
import type { RecordVersion } from '../../../mesh/gossip/node-record.ts';
import { fromHex, nodeId, toHex } from './fixtures/documents.ts';
import { golden } from './fixtures/golden-documents.ts';

function digestOf(
  keyChangeSerial: number,
  revocations: readonly (readonly [number, number])[],
  records: readonly (readonly [number, number, number])[],
): Digest {
  return {
    keyChangeSerial,
    revocations: new Map(revocations.map(([id, serial]) => [nodeId(id), serial])),
    records: new Map(records.map(([id, incarnation, sequence]) => [nodeId(id), { incarnation, sequence }])),
  };
}

const ids = fc.integer({ min: 1, max: 254 }).map(nodeId);
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const digests: fc.Arbitrary<Digest> = fc.record({
  keyChangeSerial: u32,
  revocations: fc.array(fc.tuple(ids, u32), { maxLength: 254 }).map((entries) => new Map<NodeId, number>(entries)),
  records: fc
    .array(fc.tuple(ids, fc.record({ incarnation: u32, sequence: u32 })), { maxLength: 254 })
    .map((entries) => new Map<NodeId, RecordVersion>(entries)),
});

t.test('the golden digest is made and read', async (t) => {
  const digest = digestOf(5, [[9, 3]], [[7, 0x65000001, 9]]);
  t.equal(toHex(encodeDigest(digest, 1_000)), golden.digest);
  t.same(decodeDigest(fromHex(golden.digest)), digest);
  t.equal(toHex(encodeDigest(digestOf(0, [], []), 5)), '0000000000');
});

t.test('any digest survives the way there and back', async (t) => {
  fc.assert(
    fc.property(digests, (digest) => {
      t.same(decodeDigest(encodeDigest(digest, 5 + 254 * 14)), digest);
    }),
    { seed: 6, numRuns: 50 },
  );
});

t.test('a digest that does not fit leaves its last entries out', async (t) => {
  fc.assert(
    fc.property(digests, fc.integer({ min: 5, max: 400 }), (digest, maxBytes) => {
      const bytes = encodeDigest(digest, maxBytes);
      t.ok(bytes.length <= maxBytes);
      const decoded = decodeDigest(bytes);
      if (decoded === null) return t.fail('it is a digest');
      t.same([...decoded.revocations], [...digest.revocations].slice(0, decoded.revocations.size));
      t.same([...decoded.records], [...digest.records].slice(0, decoded.records.size));
      const left = digest.revocations.size - decoded.revocations.size + digest.records.size - decoded.records.size;
      return t.ok(left === 0 || maxBytes - bytes.length < 9, 'as many as fit');
    }),
    { seed: 7, numRuns: 50 },
  );
});

t.test('truncations, repetitions and what is no number are refused', async (t) => {
  const bytes = fromHex(golden.digest);
  // After the head and the revocation a shorter digest is one too: it has no length of its own.
  for (let length = 0; length < bytes.length; length++)
    t.equal(decodeDigest(bytes.subarray(0, length)) === null, length !== 10, `${length}`);
  const bad = [
    '00000000ff',
    '0000000001',
    '00000000010000000001',
    '0000000001ff00000001',
    '000000000209000000010900000002',
    '0000000000000000000100000001',
    '0000000000ff0000000100000001',
    '0000000000070000000100000001070000000100000002',
    `00000000fe${'0100000001'.repeat(254)}`,
  ];
  for (const hex of bad) t.equal(decodeDigest(fromHex(hex)), null, hex.slice(0, 50));
  t.equal(decodeDigest(new Uint8Array(60_000).fill(1)), null);
});

t.test('what to send and to want, as a table', async (t) => {
  const none = { keyChangeToSend: false, revocationsToSend: [], recordsToSend: [], recordsToWant: [] };
  const ours = digestOf(5, [[9, 3]], [[7, 2, 2]]);
  const table: readonly (readonly [string, Digest, object])[] = [
    ['the same', ours, {}],
    ['nothing there', digestOf(0, [], []), { keyChangeToSend: true, revocationsToSend: [9], recordsToSend: [7] }],
    ['an older key there', digestOf(4, [[9, 3]], [[7, 2, 2]]), { keyChangeToSend: true }],
    ['a newer key there', digestOf(6, [[9, 3]], [[7, 2, 2]]), {}],
    ['a lower revocation there', digestOf(5, [[9, 2]], [[7, 2, 2]]), { revocationsToSend: [9] }],
    ['a higher revocation there', digestOf(5, [[9, 4]], [[7, 2, 2]]), {}],
    ['an older sequence there', digestOf(5, [[9, 3]], [[7, 2, 1]]), { recordsToSend: [7] }],
    ['an older incarnation there', digestOf(5, [[9, 3]], [[7, 1, 9]]), { recordsToSend: [7] }],
    ['a newer sequence there', digestOf(5, [[9, 3]], [[7, 2, 3]]), { recordsToWant: [7] }],
    [
      'another node there',
      digestOf(
        5,
        [[9, 3]],
        [
          [7, 2, 2],
          [8, 1, 1],
        ],
      ),
      { recordsToWant: [8] },
    ],
  ];
  for (const [name, theirs, expected] of table) t.same(compareDigests(ours, theirs), { ...none, ...expected }, name);
  t.same(compareDigests(digestOf(0, [], []), digestOf(0, [[9, 0]], [])), none);
  t.same(
    compareDigests(digestOf(0, [[9, 0]], []), digestOf(0, [], [])),
    { ...none, revocationsToSend: [9] },
    'serial 0 counts',
  );
});

t.test('what one wants the other sends', async (t) => {
  fc.assert(
    fc.property(digests, digests, (a, b) => {
      const [there, back] = [compareDigests(a, b), compareDigests(b, a)];
      t.same([...there.recordsToWant].sort(), [...back.recordsToSend].sort());
      t.notOk(there.keyChangeToSend && back.keyChangeToSend);
    }),
    { seed: 8, numRuns: 50 },
  );
});

t.test('WANT is one byte a number', async (t) => {
  t.equal(toHex(encodeWant([nodeId(1), nodeId(254)])), '01fe');
  t.same(decodeWant(fromHex('01fe')), [1, 254]);
  t.same(decodeWant(fromHex('')), []);
  for (const hex of ['00', 'ff', '0101', '01'.repeat(255)]) t.equal(decodeWant(fromHex(hex)), null, hex);
});
