import fc from 'fast-check';
import t from 'tap';
import { type Digest, decodeDigest, encodeDigest, MAX_DIGEST_BYTES } from '../../../mesh/gossip/digest.ts';
import { fromHex, nodeId, toHex } from './fixtures/documents.ts';
import { golden } from './fixtures/golden-documents.ts';

const entries = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 254 }).map(nodeId), fc.integer({ min: 0, max: 0xffff_ffff })),
  { maxLength: 254 },
);
const digests: fc.Arbitrary<Digest> = fc.record({
  keyChangeSerial: fc.integer({ min: 0, max: 0xffff_ffff }),
  entries: entries.map((list) => new Map(list)),
});

t.test('the golden digest is made and read', async (t) => {
  const digest = {
    keyChangeSerial: 5,
    entries: new Map([
      [nodeId(9), 0xdeadbeef],
      [nodeId(7), 0x01020304],
      [nodeId(254), 0xffffffff],
    ]),
  };
  t.equal(toHex(encodeDigest(digest)), golden.digest);
  t.same(decodeDigest(fromHex(golden.digest)), digest);
  t.equal(toHex(encodeDigest({ keyChangeSerial: 0, entries: new Map() })), '00'.repeat(36));
});

t.test('any digest survives the way there and back', async (t) => {
  fc.assert(
    fc.property(digests, (digest) => {
      const bytes = encodeDigest(digest);
      t.ok(bytes.length <= MAX_DIGEST_BYTES);
      t.same(decodeDigest(bytes), digest);
    }),
    { seed: 6, numRuns: 50 },
  );
});

t.test('truncations, what is too long, and entries of what is no number are refused', async (t) => {
  const bytes = fromHex(golden.digest);
  for (let length = 0; length < bytes.length; length++) t.equal(decodeDigest(bytes.subarray(0, length)), null);
  t.equal(decodeDigest(Uint8Array.from([...bytes, 0])), null);
  for (const number of [0, 255]) {
    const map = new Uint8Array(32);
    map[number >> 3] = 1 << (number & 7);
    t.equal(decodeDigest(Uint8Array.from([0, 0, 0, 0, ...map, 1, 2, 3, 4])), null, `${number}`);
  }
  t.equal(decodeDigest(new Uint8Array(60_000).fill(1)), null);
});

t.test('any bytes are a digest that encodes to them, or none', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1_100 }), (bytes) => {
      const digest = decodeDigest(bytes);
      if (digest !== null) t.same(encodeDigest(digest), bytes);
    }),
    { seed: 7, numRuns: 500 },
  );
});
