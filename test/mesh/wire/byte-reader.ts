import fc from 'fast-check';
import t from 'tap';
import { ByteReader } from '../../../mesh/wire/byte-reader.ts';
import { ByteWriter, varintBytes } from '../../../mesh/wire/byte-writer.ts';
import { fromHex, toHex } from '../../fixtures/wire/hex.ts';
import { VARINTS } from '../../fixtures/wire/varints.ts';

t.test('the varints of RFC 9000 A.1 and every edge', async (t) => {
  for (const { hex, value } of VARINTS) {
    const reader = new ByteReader(fromHex(hex));
    t.equal(reader.varint(), value, hex);
    t.equal(reader.remaining, 0);
    t.equal(reader.failed, false);
  }
});

t.test('a varint may be longer than it has to be', async (t) => {
  // RFC 9000 A.1: the two-byte sequence 0x4025 also decodes to 37.
  for (const hex of ['25', '4025', '80000025', 'c000000000000025']) t.equal(new ByteReader(fromHex(hex)).varint(), 37);
});

t.test('varints of 2^53 and more fail', async (t) => {
  for (const hex of ['c020000000000000', 'c020000000000001', 'ffffffffffffffff']) {
    const reader = new ByteReader(fromHex(hex));
    t.equal(reader.varint(), 0, hex);
    t.equal(reader.failed, true);
  }
});

t.test('fixed integers are in network order', async (t) => {
  const reader = new ByteReader(fromHex('01 fffe fffffffe 80000000'));
  t.equal(reader.u8(), 1);
  t.equal(reader.u16(), 0xfffe);
  t.equal(reader.u32(), 0xfffffffe);
  t.equal(reader.u32(), 0x80000000);
  t.equal(reader.remaining, 0);
  t.equal(reader.failed, false);
});

t.test('raw and sized are views of the input', async (t) => {
  const bytes = fromHex('0102 03aabbcc 00');
  const reader = new ByteReader(bytes);
  t.equal(toHex(reader.raw(2)), '0102');
  const sized = reader.sized(3);
  t.equal(toHex(sized), 'aabbcc');
  t.equal(reader.sized(0).length, 0);
  t.equal(reader.failed, false);
  bytes[3] = 0xdd;
  t.equal(toHex(sized), 'ddbbcc');
});

t.test('a length above the limit fails before the bytes are looked for', async (t) => {
  const reader = new ByteReader(fromHex('03aabbcc'));
  t.equal(reader.sized(2).length, 0);
  t.equal(reader.failed, true);
  t.equal(reader.remaining, 0);
});

t.test('reads between offset and end only', async (t) => {
  const reader = new ByteReader(fromHex('ff 0102 ff'), 1, 3);
  t.equal(reader.u16(), 0x0102);
  t.equal(reader.u8(), 0);
  t.equal(reader.failed, true);
});

t.test('every truncation gives zeros or nothing and fails, whatever is read', async (t) => {
  const reads: readonly (readonly [string, string, (reader: ByteReader) => number])[] = [
    ['u8', 'ff', (reader) => reader.u8()],
    ['u16', 'ffff', (reader) => reader.u16()],
    ['u32', 'ffffffff', (reader) => reader.u32()],
    ['varint of 2', '7fff', (reader) => reader.varint()],
    ['varint of 4', 'bfffffff', (reader) => reader.varint()],
    ['varint of 8', 'c01fffffffffffff', (reader) => reader.varint()],
    ['raw', 'ffff', (reader) => reader.raw(2).length],
    ['sized', '02ffff', (reader) => reader.sized(2).length],
  ];
  for (const [name, hex, read] of reads) {
    const whole = fromHex(hex);
    t.not(read(new ByteReader(whole)), 0, name);
    for (let count = 0; count < whole.length; count++) {
      const reader = new ByteReader(whole.subarray(0, count));
      t.equal(read(reader), 0, `${name} cut to ${count}`);
      t.equal(reader.failed, true);
    }
  }
});

t.test('after a failure everything is zero or empty', async (t) => {
  const reader = new ByteReader(fromHex('01020304050607'));
  reader.fail();
  t.equal(reader.u8() + reader.u16() + reader.u32() + reader.varint(), 0);
  t.equal(reader.raw(1).length + reader.sized(1).length, 0);
  t.equal(reader.failed, true);
  t.equal(reader.remaining, 0);
});

t.test('reads what the writer wrote', async () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(0xffff_ffff), fc.nat(0xffff), fc.uint8Array(), (big, u32, u16, bytes) => {
      const out = new Uint8Array(varintBytes(big) + 6 + varintBytes(bytes.length) + bytes.length);
      const writer = new ByteWriter(out).varint(big).u32(u32).u16(u16).sized(bytes);
      const reader = new ByteReader(out);
      return (
        writer.remaining === 0 &&
        reader.varint() === big &&
        reader.u32() === u32 &&
        reader.u16() === u16 &&
        toHex(reader.sized(bytes.length)) === toHex(bytes) &&
        reader.remaining === 0 &&
        !reader.failed
      );
    }),
    { seed: 1 },
  );
});
