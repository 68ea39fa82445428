import fc from 'fast-check';
import t from 'tap';
import {
  decodeFastRecord,
  MAX_FAST_RECORD_BYTES,
  type NodeState,
  signFastRecord,
  verifyFastRecord,
} from '../../../mesh/gossip/fast-record.ts';
import { fromHex, keyPair, nodeId, oneBitFlips, sodium, toHex, wrongLengths } from './fixtures/documents.ts';

const identity = keyPair(7);
const state: NodeState = {
  loadMs: 3,
  neighbours: new Map([
    [nodeId(200), { rttMs: null, jitterMs: 0, lossShare: 0 }],
    [nodeId(9), { rttMs: 100, jitterMs: 2, lossShare: 0.02 }],
  ]),
  heard: new Set([nodeId(17), nodeId(8)]),
};
/** All but the signature. */
const HEX = '0107650000010000000903' + '02' + '097a08' + 'c8ff00' + '03' + '000102';

function sign(wishes: Partial<NodeState> = {}, version = { incarnation: 0x65000001, sequence: 9 }) {
  return signFastRecord(sodium, identity.secretKey, nodeId(7), version, { ...state, ...wishes });
}

/** A record whose signed part is `hex`. */
function signed(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  const input = Buffer.concat([Buffer.from('uservpn 1 fast'), bytes]);
  return Buffer.concat([bytes, sodium.sign(input, identity.secretKey)]);
}

t.test('the golden one is made and read', async (t) => {
  const { bytes } = sign();
  t.equal(toHex(bytes.subarray(0, -64)), HEX);
  const record = decodeFastRecord(bytes);
  t.match(record, { id: 7, incarnation: 0x65000001, sequence: 9, loadMs: 3, heard: new Set([8, 17]) });
  t.same(
    [...(record?.neighbours ?? [])],
    [
      [9, { rttMs: 104, jitterMs: 0, lossShare: 0.02 }],
      [200, { rttMs: null, jitterMs: 0, lossShare: 0 }],
    ],
    'jitter counts for the round trip, which goes there and back',
  );
  t.same(bytes, signed(HEX));
  t.ok(record !== null && verifyFastRecord(sodium, record, identity.publicKey));
  t.notOk(record !== null && verifyFastRecord(sodium, record, keyPair(8).publicKey));
});

t.test('the largest fits, and what is beyond a limit is put onto it', async (t) => {
  const ids = Array.from({ length: 254 }, (_, index) => nodeId(index + 1)).filter((id) => id !== 7);
  const all = sign({
    loadMs: 4_000,
    neighbours: new Map(ids.map((id) => [id, { rttMs: 1e9, jitterMs: 0, lossShare: 1 }])),
    heard: new Set(ids),
  });
  t.ok(all.bytes.length <= MAX_FAST_RECORD_BYTES);
  const record = decodeFastRecord(all.bytes);
  t.match(record, { loadMs: 255 });
  t.equal(record?.neighbours.size, 253);
  t.equal(record?.heard.size, 253);
});

t.test('any state survives the way there and back', async (t) => {
  const ids = fc
    .integer({ min: 1, max: 254 })
    .filter((number) => number !== 7)
    .map(nodeId);
  const quality = fc.record({
    rttMs: fc.option(fc.double({ min: 0.5, max: 20_000, noNaN: true })),
    jitterMs: fc.constant(0),
    lossShare: fc.double({ min: 0, max: 0.6, noNaN: true }),
  });
  const states = fc.record({
    loadMs: fc.integer({ min: 0, max: 255 }),
    neighbours: fc.array(fc.tuple(ids, quality), { maxLength: 100 }).map((entries) => new Map(entries)),
    heard: fc.array(ids, { maxLength: 100 }).map((entries) => new Set(entries)),
  });
  fc.assert(
    fc.property(states, (any) => {
      const record = decodeFastRecord(sign(any).bytes);
      t.same(new Set(record?.neighbours.keys()), new Set(any.neighbours.keys()));
      t.same(record?.heard, any.heard);
      for (const [id, { rttMs, lossShare }] of any.neighbours) {
        const read = record?.neighbours.get(id);
        t.ok(Math.abs((read?.lossShare ?? 9) - lossShare) <= 0.00126);
        t.ok(rttMs === null ? read?.rttMs === null : Math.abs((read?.rttMs ?? 0) - rttMs) <= rttMs * 0.0313);
      }
    }),
    { seed: 2, numRuns: 50 },
  );
});

t.test('truncations and what is left over are refused', async (t) => {
  for (const bytes of wrongLengths(sign().bytes)) t.equal(decodeFastRecord(bytes), null);
  t.equal(decodeFastRecord(new Uint8Array(MAX_FAST_RECORD_BYTES + 1)), null);
});

const broken: Readonly<Record<string, string>> = {
  'another version': HEX.replace(/^01/, '02'),
  'number 0': HEX.replace(/^0107/, '0100'),
  'number 255': HEX.replace(/^0107/, '01ff'),
  'a neighbour 0': HEX.replace('097a08', '007a08'),
  'a neighbour twice': HEX.replace('c8ff00', '09ff00'),
  'neighbours out of order': HEX.replace('c8ff00', '08ff00'),
  'itself as a neighbour': HEX.replace('097a08', '077a08'),
  'more neighbours than there are': HEX.replace('0302097a', '0303097a'),
  'a map that ends with zeros': HEX.replace(/03000102$/, '0400010200'),
  'a map with number 0': HEX.replace(/03000102$/, '0101'),
  'a map with number 255': HEX.replace(/03000102$/, `20${'00'.repeat(31)}80`),
  'a map of 33 bytes': HEX.replace(/03000102$/, `21${'00'.repeat(32)}01`),
};

for (const [what, hex] of Object.entries(broken)) {
  t.test(`${what} is refused`, async (t) => {
    t.not(hex, HEX);
    t.equal(decodeFastRecord(signed(hex)), null);
  });
}

t.test('no bit can be changed', async (t) => {
  for (const bytes of oneBitFlips(sign().bytes)) {
    const record = decodeFastRecord(bytes);
    t.notOk(record !== null && verifyFastRecord(sodium, record, identity.publicKey));
  }
});

t.test('garbage is refused', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const record = decodeFastRecord(bytes);
      t.notOk(record !== null && verifyFastRecord(sodium, record, identity.publicKey));
    }),
    { seed: 3, numRuns: 1_000 },
  );
});
