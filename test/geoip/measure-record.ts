import fc from 'fast-check';
import t from 'tap';
import { isBoundedRecord } from '../../geoip/measure-record.ts';
import { control, encodeMmdb, type MmdbValue } from '../fixtures/mmdb-writer.ts';

const isBounded = (bytes: Buffer): boolean => isBoundedRecord(bytes, 0, 0);
const nested = (levels: number): MmdbValue => (levels === 0 ? true : [nested(levels - 1)]);

t.test('usual records are, and no truncation of one is', async (t) => {
  const record = encodeMmdb({
    country: { iso_code: 'DE' },
    location: { latitude: 52.5 },
    n: [1, true, 'x'.repeat(300)],
  });
  t.ok(isBounded(record));
  for (let length = 0; length < record.length; length++) t.notOk(isBounded(record.subarray(0, length)));
});

t.test('limits', async (t) => {
  t.ok(isBounded(encodeMmdb(nested(24))));
  t.notOk(isBounded(encodeMmdb(nested(25))));
  t.ok(isBounded(encodeMmdb(new Array<boolean>(8_191).fill(true))));
  t.notOk(isBounded(encodeMmdb(new Array<boolean>(8_192).fill(true))));
  const text = encodeMmdb('x'.repeat(60_000));
  t.ok(isBounded(Buffer.concat([control(11, 4), text, text, text, text])));
  t.notOk(isBounded(Buffer.concat([control(11, 5), text, text, text, text, text])));
});

t.test('what the decoder would choke on', async (t) => {
  const bad = {
    'a pointer to itself': [0x20, 0],
    'two pointers in a circle': [0x20, 2, 0x20, 0],
    'a list of itself': [0x02, 0x04, 0x20, 0, 0x20, 0],
    'a list of 16 million': [0x1f, 0x04, 0xff, 0xff, 0xff],
    'a pointer beyond the end': [0x38, 0xff, 0xff, 0xff, 0xff],
    'no extended type': [0x01, 0x00],
    'an unknown type': [0x01, 0x09],
    'a double of 4 bytes': [0x64, 0, 0, 0, 0],
    'an integer of 5 bytes': [0xc5, 0, 0, 0, 0, 0],
    'a boolean of 2': [0x02, 0x07],
  };
  for (const [what, bytes] of Object.entries(bad)) t.notOk(isBounded(Buffer.from([...bytes, ...Array(0)])), what);
  t.notOk(isBoundedRecord(Buffer.from([0xa0]), 0, 1));
  t.notOk(isBoundedRecord(Buffer.from([0xa0]), 0, -1));
});

t.test('pointers of every length lead where they should', async (t) => {
  const good = control(14, 1);
  const bytes = Buffer.alloc(600_000, 0);
  good.copy(bytes, 700);
  good.copy(bytes, 2_048 + 0x1_0203);
  good.copy(bytes, 526_336 + 0x1_0203);
  const pointers = [
    [0x20 | 2, 700 - 512],
    [0x28 | 1, 2, 3],
    [0x30, 1, 2, 3],
    [0x38, 0, 0, 2, 0xbc],
  ];
  for (const pointer of pointers) {
    const copy = Buffer.from(bytes);
    copy.set(pointer, 0);
    t.ok(isBounded(copy), pointer.join());
  }
});

t.test('no bytes make it throw or go on and on', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      isBoundedRecord(bytes, 0, 0);
    }),
    { seed: 4, numRuns: 2_000 },
  );
});
