import fc from 'fast-check';
import t from 'tap';
import { Header, isValidHeader, messageBytes, readHeader, writeHeader } from '../../../mesh/wire/header.ts';
import { vectors } from '../../fixtures/wire/golden-vectors.ts';
import { fromHex, toHex } from '../../fixtures/wire/hex.ts';
import { headerOf, nodeId } from '../../fixtures/wire/nodes.ts';
import { LEVEL_0, LEVEL_2 } from '../../fixtures/wire/golden-headers.ts';

function written(header: Header): string {
  const out = new Uint8Array(32);
  writeHeader(header, out);
  return toHex(out);
}

function read(hex: string): Header | null {
  const header = new Header();
  return readHeader(fromHex(hex), header) ? header : null;
}

/** The hex of a valid header with the byte at an offset replaced. */
function withBytes(hex: string, offset: number, bytes: string): string {
  return hex.slice(0, 2 * offset) + bytes + hex.slice(2 * offset + bytes.length);
}

const GOLDEN: readonly (readonly [Header, string])[] = [
  [LEVEL_0, vectors['level 0: H']],
  [LEVEL_2, vectors['level 2, hop 0: H']],
  [headerOf({ ...LEVEL_2, hopIndex: 1, wasteBytes: 0, relay1Tick: 3 }), vectors['level 2, hop 1: H']],
  [headerOf({ ...LEVEL_2, hopIndex: 2, wasteBytes: 2, relay1Tick: 3, relay2Tick: 254 }), vectors['level 2, hop 2: H']],
];

t.test('golden vectors, both ways', async (t) => {
  for (const [header, hex] of GOLDEN) {
    t.equal(written(header), hex);
    t.strictSame(read(hex), header);
  }
});

t.test('the largest value of every field', async (t) => {
  const header = headerOf({
    keyLevel: 2,
    type: 31,
    flags: 7,
    origin: nodeId(254),
    relay1: nodeId(253),
    relay2: nodeId(252),
    destination: nodeId(251),
    hopIndex: 2,
    wasteBytes: 255,
    timeSeconds: 0xffff_ffff,
    tick: 249,
    relay1Tick: 255,
    relay2Tick: 255,
    pathId: 255,
    packetNumber: 0xffff_ffff_ffff,
    session: 0xffff_ffff,
    payloadBytes: 65_535,
    originKeyId: 0xffff,
    destinationKeyId: 0xffff,
  });
  const hex = '12fffefdfcfb02fffffffffff9ffffffffffffffffffffffffffffffffffffff';
  t.equal(written(header), hex);
  t.strictSame(read(hex), header);
  t.equal(messageBytes(header), 64 + 65_535 + 255);
});

t.test('what may not be sealed is not read either', async (t) => {
  const level2 = vectors['level 2, hop 0: H'];
  const level0 = vectors['level 0: H'];
  for (const [why, hex] of [
    ['version 0', withBytes(level2, 0, '02')],
    ['version 2', withBytes(level2, 0, '22')],
    ['key level 1', withBytes(level2, 0, '11')],
    ['key level 3', withBytes(level2, 0, '13')],
    ['no origin', withBytes(level2, 2, '00')],
    ['origin 255', withBytes(level2, 2, 'ff')],
    ['relay1 255', withBytes(level2, 3, 'ff')],
    ['relay2 255', withBytes(level2, 4, 'ff')],
    ['destination 255', withBytes(level2, 5, 'ff')],
    ['no destination at level 2', withBytes(level2, 3, '000000')],
    ['relay2 without relay1', withBytes(level2, 3, '00')],
    ['origin is relay1', withBytes(level2, 3, '07')],
    ['origin is relay2', withBytes(level2, 4, '07')],
    ['origin is destination', withBytes(level2, 5, '07')],
    ['relay1 is relay2', withBytes(level2, 4, '09')],
    ['relay1 is destination', withBytes(level2, 5, '09')],
    ['relay2 is destination', withBytes(level2, 5, 'c8')],
    ['hop index 3', withBytes(level2, 6, '03')],
    ['hop index 1 without relays', withBytes(level2, 3, '00002a01')],
    ['hop index 2 with one relay', withBytes(level2, 3, '09002a02')],
    ['tick 250', withBytes(level2, 12, 'fa')],
    ['no origin key id at level 2', withBytes(level2, 28, '0000')],
    ['no destination key id at level 2', withBytes(level2, 30, '0000')],
    ['a path at level 0', withBytes(level0, 15, '01')],
    ['an origin key id at level 0', withBytes(level0, 28, '0001')],
    ['a destination key id at level 0', withBytes(level0, 30, '0001')],
    ['relays to nobody in particular', withBytes(level0, 3, '090000')],
  ] as const) {
    t.equal(hex.length, 64);
    t.equal(read(hex), null, why);
  }
  for (const [why, hex] of [
    ['an unknown type is for its destination to drop', withBytes(level2, 1, 'f8')],
    ['unknown flags as well', withBytes(level2, 1, '0f')],
    ['one relay', withBytes(level2, 3, '09002a01')],
    ['no relay', withBytes(level2, 3, '00002a00')],
    ['level 0 to somebody', withBytes(level0, 5, '2a')],
    ['level 0 over a relay', withBytes(level0, 3, '09002a01')],
  ] as const) {
    t.ok(read(hex), why);
  }
});

t.test('out of range where it would wrap on the wire', async (t) => {
  for (const fields of [
    { packetNumber: 2 ** 48 },
    { packetNumber: -1 },
    { packetNumber: 0.5 },
    { packetNumber: Number.NaN },
    { payloadBytes: 65_536 },
    { wasteBytes: 256 },
    { session: 2 ** 32 },
    { timeSeconds: 2 ** 32 },
    { tick: 250 },
    { pathId: 256 },
    { originKeyId: 65_536 },
    { destinationKeyId: -1 },
    { relay1Tick: 256 },
    { type: 32 },
    { flags: 8 },
  ]) {
    t.equal(isValidHeader(headerOf({ ...LEVEL_2, ...fields })), false, JSON.stringify(fields));
  }
  t.equal(isValidHeader(new Header()), false, 'a header nobody filled in');
});

t.test('any 32 bytes are either refused or read and written as they were', async (t) => {
  let accepted = 0;
  const node = fc.oneof(fc.constantFrom(0, 255), fc.nat(255));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), node, node, node, fc.nat(3), (bytes, a, b, c, hop) => {
      bytes[0] = 0x10 | (bytes[0]! & 3);
      bytes.set([a, b, c, hop], 3);
      bytes[12]! %= 251;
      const hex = toHex(bytes);
      const header = read(hex);
      if (header === null) return true;
      accepted++;
      return written(header) === hex;
    }),
    { seed: 4, numRuns: 5000 },
  );
  t.ok(accepted > 100, `${accepted} were accepted`);
});

t.test('copyFrom takes every field', async (t) => {
  for (const [header] of GOLDEN) {
    const copy = new Header();
    copy.copyFrom(header);
    t.strictSame(copy, header);
  }
});
