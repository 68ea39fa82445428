import fc from 'fast-check';
import t from 'tap';
import { MAX_ADDRESSES } from '../../../mesh/gossip/node-address.ts';
import type { NodeDescription } from '../../../mesh/gossip/node-record.ts';
import {
  compareVersions,
  decodeNodeRecord,
  MAX_RECORD_BYTES,
  signNodeRecord,
  verifyNodeRecord,
} from '../../../mesh/gossip/node-record.ts';
import { decodeCredential } from '../../../mesh/gossip/credential.ts';
import {
  credentialOf,
  descriptionOf,
  fromHex,
  keyPair,
  oneBitFlips,
  recordOf,
  sodium,
  toHex,
  witnessed,
  wrongLengths,
} from './fixtures/documents.ts';
import { golden } from './fixtures/golden-documents.ts';

const ephemeralPublicKey = fromHex('f13fef3efa9598a2a23fc756bf688fe8bbd7f6cf9528bbaef3b4442688f0ab31');
const version = { incarnation: 0x65000001, sequence: 9 };
const description: NodeDescription = {
  ephemeralPublicKey,
  server: true,
  draining: { leavesAtS: 0x65500000 },
  natClass: 'easy',
  name: 'Zürich 7',
  country: 'CH',
  position: { latitude: 47.37, longitude: 8.54 },
  softwareVersion: '0.1.0',
  addresses: [
    { transport: 'udp', source: 'configured', host: '192.0.2.7', port: 4840 },
    { transport: 'tcp', source: 'observed', host: '2001:db8::7', port: 443 },
  ],
};

t.test('the golden record is made and read', async (t) => {
  const credential = decodeCredential(fromHex(golden.credential));
  if (credential === null) throw new Error('the golden credential is one');
  const record = signNodeRecord(sodium, keyPair(7).secretKey, credential, version, description);
  t.equal(toHex(record.bytes), golden.record);
  t.same(decodeNodeRecord(fromHex(golden.record)), record);
  t.ok(verifyNodeRecord(sodium, record));
});

t.test('every other length is refused', async (t) => {
  for (const bytes of wrongLengths(fromHex(golden.record))) {
    const record = decodeNodeRecord(bytes);
    t.notOk(record !== null && verifyNodeRecord(sodium, record));
    if (bytes.length * 2 > golden.record.length) t.equal(record, null, 'something is left over');
  }
});

t.test('every flipped bit is refused', async (t) => {
  for (const bytes of oneBitFlips(fromHex(golden.record))) {
    const record = decodeNodeRecord(bytes);
    t.notOk(record !== null && verifyNodeRecord(sodium, record));
  }
});

t.test('any description survives the way there and back', async (t) => {
  const text = fc.string({ unit: 'grapheme', maxLength: 63 }).filter((name) => Buffer.byteLength(name) <= 63);
  const descriptions = fc.record<NodeDescription>({
    ephemeralPublicKey: fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 })),
    server: fc.boolean(),
    draining: fc.option(fc.record({ leavesAtS: fc.option(fc.integer({ min: 1, max: 0xffff_ffff })) })),
    natClass: fc.constantFrom('unknown' as const, 'public' as const, 'easy' as const, 'symmetric' as const),
    name: fc.oneof(text, fc.constant('\ufeffmark')),
    country: fc.constantFrom('', 'DE', 'ZZ', 'AA'),
    position: fc.option(
      fc.record({
        latitude: fc.double({ min: -90, max: 90, noNaN: true }),
        longitude: fc.double({ min: -180, max: 180, noNaN: true }),
      }),
    ),
    softwareVersion: fc.string({ maxLength: 32 }),
    addresses: fc.array(
      fc.record({
        transport: fc.constantFrom('udp' as const, 'tcp' as const, 'kcp' as const, 'wss' as const),
        source: fc.constantFrom('configured' as const, 'observed' as const, 'local' as const),
        host: fc.constantFrom('192.0.2.1', '0.0.0.0', '::', '::1', 'fe80::1', '2001:db8:1:2:3:4:5:6'),
        port: fc.integer({ min: 1, max: 65_535 }),
      }),
      { maxLength: MAX_ADDRESSES },
    ),
  });
  const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
  const credential = credentialOf(7);
  fc.assert(
    fc.property(descriptions, u32, u32, (wanted, incarnation, sequence) => {
      const record = recordOf(7, { incarnation, sequence }, credential, keyPair(7), wanted);
      const decoded = decodeNodeRecord(record.bytes);
      t.same(decoded, record);
      t.ok(decoded !== null && verifyNodeRecord(sodium, decoded));
    }),
    { seed: 2, numRuns: 60 },
  );
});

t.test('the largest record that can be made is within the limit', async (t) => {
  const address = { transport: 'wss', source: 'local', host: '2001:db8:1:2:3:4:5:6', port: 65_535 } as const;
  const largest = recordOf(
    7,
    { incarnation: 0xffff_ffff, sequence: 0xffff_ffff },
    witnessed(credentialOf(7), 42, 1),
    keyPair(7),
    {
      ephemeralPublicKey,
      server: true,
      draining: { leavesAtS: 0xffff_ffff },
      natClass: 'symmetric',
      name: 'n'.repeat(63),
      country: 'DE',
      position: { latitude: 90, longitude: 180 },
      softwareVersion: 'v'.repeat(32),
      addresses: Array.from({ length: MAX_ADDRESSES }, () => address),
    },
  );
  t.ok(largest.bytes.length <= MAX_RECORD_BYTES);
  t.same(decodeNodeRecord(largest.bytes), largest);
});

t.test('a description over a limit is not signed', async (t) => {
  const address = description.addresses[0]!;
  const tooMuch: readonly Partial<NodeDescription>[] = [
    { name: 'n'.repeat(64) },
    { name: 'ü'.repeat(32) },
    { softwareVersion: 'v'.repeat(33) },
    { softwareVersion: 'ü' },
    { softwareVersion: '€' },
    { country: 'de' },
    { country: 'DEU' },
    { addresses: Array.from({ length: MAX_ADDRESSES + 1 }, () => address) },
    { addresses: [{ ...address, host: 'example.org' }] },
  ];
  for (const part of tooMuch)
    t.throws(() => recordOf(7, version, credentialOf(7), keyPair(7), { ...description, ...part }), RangeError);
});

t.test('malformed bodies are refused even when they are signed', async (t) => {
  // A plain record: 1 version, 204 credential, 8 numbers, then flags, NAT class, name, country, position, software version, count.
  const plain = recordOf(7, version, credentialOf(7), keyPair(7), descriptionOf('ab')).bytes;
  const flags = 1 + 204 + 8;
  const cases: readonly (readonly [string, number, readonly number[]])[] = [
    ['version 2', 0, [2]],
    ['an unknown flag', flags, [8]],
    ['E that is not there', flags, [1]],
    ['a time to leave that is not there', flags, [4]],
    ['an unknown NAT class', flags + 1, [4]],
    ['a name over the limit', flags + 2, [0x40, 64]],
    ['a name of 2^53 - 1 bytes', flags + 2, [0xc0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ['a name that is no UTF-8', flags + 3, [0xff]],
    ['half a character', flags + 4, [0xc3]],
    ['a country in lower case', flags + 5, [0x64, 0x65]],
    ['half a country', flags + 5, [0x44, 0]],
    ['a position that is not there', flags + 7, [1]],
    ['a position of an unknown kind', flags + 7, [2]],
    ['a software version over the limit', flags + 8, [33]],
    ['a software version that is no ASCII', flags + 9, [0x80]],
    ['nineteen addresses', flags + 14, [19]],
    ['an address that is not there', flags + 14, [1]],
    ['255 addresses', flags + 14, [255]],
  ];
  t.not(decodeNodeRecord(plain), null, 'without a change it is a record');
  for (const [name, offset, values] of cases) {
    const bytes = plain.slice();
    bytes.set(values, offset);
    t.equal(decodeNodeRecord(bytes), null, name);
  }
  t.equal(decodeNodeRecord(new Uint8Array(MAX_RECORD_BYTES + 1).fill(1)), null, 'too long');
  t.equal(decodeNodeRecord(new Uint8Array(0)), null, 'nothing');
});

t.test('the incarnation counts before the sequence', async (t) => {
  const [a, b, c] = [
    { incarnation: 1, sequence: 9 },
    { incarnation: 2, sequence: 1 },
    { incarnation: 2, sequence: 2 },
  ] as const;
  t.ok(compareVersions(a, b) < 0 && compareVersions(b, c) < 0 && compareVersions(c, a) > 0);
  t.equal(compareVersions(b, { ...b }), 0);
});

t.test('what was decoded does not change with the buffer it came in', async (t) => {
  for (const bytes of [fromHex(golden.record), Buffer.from(golden.record, 'hex')]) {
    const record = decodeNodeRecord(bytes);
    bytes.fill(0);
    t.same(record, decodeNodeRecord(fromHex(golden.record)));
  }
});
