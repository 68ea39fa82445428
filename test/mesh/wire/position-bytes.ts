import fc from 'fast-check';
import t from 'tap';
import { ByteReader } from '../../../mesh/wire/byte-reader.ts';
import { ByteWriter } from '../../../mesh/wire/byte-writer.ts';
import { MAX_POSITION_BYTES, readPosition, roundPosition, writePosition } from '../../../mesh/wire/position-bytes.ts';
import { fromHex, toHex } from '../../fixtures/wire/hex.ts';

function write(position: Parameters<typeof writePosition>[1]): Uint8Array {
  const writer = new ByteWriter(new Uint8Array(MAX_POSITION_BYTES));
  writePosition(writer, position);
  return writer.written();
}

t.test('there and back', async (t) => {
  const table = [
    ['00', null],
    ['01 0000 0000', { latitude: -90, longitude: -180 }],
    ['01 2328 4650', { latitude: 0, longitude: 0 }],
    ['01 4650 8ca0', { latitude: 90, longitude: 180 }],
    ['01 37ac 4b8c', { latitude: 52.52, longitude: 13.4 }],
  ] as const;
  for (const [hex, position] of table) {
    t.equal(toHex(write(position)), hex.replaceAll(' ', ''));
    const reader = new ByteReader(fromHex(hex));
    t.same(readPosition(reader), position);
    t.equal(reader.remaining, 0);
  }
});

t.test('what is no position', async (t) => {
  for (const hex of ['02', 'ff', '01 4651 0000', '01 0000 8ca1', '01 ffff ffff'])
    t.equal(readPosition(new ByteReader(fromHex(hex))), undefined, hex);
  for (const hex of ['', '01', '01 00', '01 0000', '01 0000 00']) {
    const reader = new ByteReader(fromHex(hex));
    readPosition(reader);
    t.ok(reader.failed, hex);
  }
});

t.test('any position arrives as it is rounded, to within half a hundredth', async (t) => {
  const degrees = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true });
  const property = fc.property(degrees(90), degrees(180), (latitude, longitude) => {
    const position = { latitude, longitude };
    const read = readPosition(new ByteReader(write(position)));
    t.same(read, roundPosition(position));
    t.ok(read && Math.abs(read.latitude - latitude) < 0.005001 && Math.abs(read.longitude - longitude) < 0.005001);
  });
  fc.assert(property, { seed: 1, numRuns: 200 });
  t.same(roundPosition({ latitude: 91, longitude: -999 }), { latitude: 90, longitude: -180 });
});
