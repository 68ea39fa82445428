import t from 'tap';
import { ByteWriter, varintBytes } from '../../../mesh/wire/byte-writer.ts';
import { fromHex, toHex } from '../../fixtures/wire/hex.ts';
import { VARINTS } from '../../fixtures/wire/varints.ts';

t.test('the varints of RFC 9000 A.1 and every edge, in their shortest form', async (t) => {
  for (const { hex, value } of VARINTS) {
    const writer = new ByteWriter(new Uint8Array(8));
    t.equal(toHex(writer.varint(value).written()), hex);
    t.equal(varintBytes(value), hex.length / 2);
  }
});

t.test('fixed integers are in network order', async (t) => {
  const writer = new ByteWriter(new Uint8Array(11)).u8(1).u16(0xfffe).u32(0xfffffffe).u32(0x80000000);
  t.equal(toHex(writer.bytes), '01fffefffffffe80000000');
  t.equal(writer.remaining, 0);
});

t.test('raw bytes as they are, sized ones after their length', async (t) => {
  const writer = new ByteWriter(new Uint8Array(80))
    .raw(fromHex('0102'))
    .sized(fromHex('aabb'))
    .sized(new Uint8Array(0));
  t.equal(toHex(writer.written()), '010202aabb00');
  t.equal(toHex(new ByteWriter(new Uint8Array(80)).sized(new Uint8Array(64)).written().subarray(0, 3)), '404000');
});

t.test('writes between offset and end only, also into a part of a larger buffer', async (t) => {
  const whole = new Uint8Array(6).fill(0xff);
  const writer = new ByteWriter(whole.subarray(1), 1, 4).u16(0).u8(0);
  t.equal(toHex(whole), 'ffff000000ff');
  t.equal(writer.remaining, 0);
  t.throws(() => writer.u8(0), RangeError);
  t.equal(toHex(whole), 'ffff000000ff');
});

t.test('what does not fit throws and writes nothing', async (t) => {
  const writes: readonly ((writer: ByteWriter) => unknown)[] = [
    (writer) => writer.u16(1),
    (writer) => writer.u32(1),
    (writer) => writer.varint(64),
    (writer) => writer.varint(2 ** 40),
    (writer) => writer.raw(new Uint8Array(2).fill(1)),
  ];
  for (const write of writes) {
    const writer = new ByteWriter(new Uint8Array(1));
    t.throws(() => write(writer), RangeError);
    t.equal(writer.offset, 0);
    t.equal(writer.bytes[0], 0);
  }
});
