import fc from 'fast-check';
import t from 'tap';
import { GeoDatabase } from '../../geoip/geo-database.ts';
import { control, encodeMmdb, writeMmdb, type MmdbValue } from '../fixtures/mmdb-writer.ts';

// Databases that mean harm: none may throw, hang, or make more memory than their own size asks for.

const ADDRESSES = ['192.0.2.1', '198.51.100.1', '2001:db8::1', '::1', '::', '255.255.255.255', 'ffff::'];

function ask(bytes: Uint8Array): readonly unknown[] {
  const opened = GeoDatabase.open(bytes);
  if (opened.type === 'failed') return [opened.reason];
  const { database } = opened;
  return [database.kind, database.builtAtMs, ...ADDRESSES.map((address) => database.lookUp(address))];
}

function pointer(to: number): Buffer {
  return Buffer.from([0x38, to >>> 24, (to >> 16) & 255, (to >> 8) & 255, to & 255]);
}

/** A database whose record for 192.0.2.0/24 is these bytes. */
const withRecord = (rawRecord: Buffer): Buffer => writeMmdb([['192.0.2.0/24', '']], { rawRecord });

t.test('records that would never end or never fit', async (t) => {
  const listOf = (count: number, item: Buffer): Buffer =>
    Buffer.concat([control(11, count), ...Array(count).fill(item)]);
  const key = encodeMmdb('country');
  /** Each list holds the one before 28 times: 3 KB that are 28 to the power of 20 values. A pointer to the last leads. */
  const lists = [encodeMmdb('x')];
  let below = 5;
  for (let level = 0, at = below + lists[0]!.length; level < 20; level++) {
    const list = listOf(28, pointer(below));
    lists.push(list);
    below = at;
    at += list.length;
  }
  const text = encodeMmdb('x'.repeat(60_000));
  const records: Readonly<Record<string, Buffer>> = {
    'a pointer to itself': pointer(0),
    'a map whose value is the map': Buffer.concat([control(7, 1), key, pointer(0)]),
    'a map whose key is the map': Buffer.concat([control(7, 1), pointer(0), key]),
    'two that point at each other': Buffer.concat([pointer(5), pointer(0)]),
    'a list of itself, many times': listOf(28, pointer(0)),
    'a map of 16 million': Buffer.from([0xff, 0xff, 0xff, 0xff]),
    'text of 16 million': Buffer.from([0x5f, 0xff, 0xff, 0xff]),
    'the same long text, many times': Buffer.concat([listOf(20, pointer(20 * 5 + 2)), text]),
    '10,000 maps inside each other': Buffer.concat([
      ...Array<Buffer>(10_000).fill(Buffer.concat([control(7, 1), key])),
      key,
    ]),
    'lists of lists of lists': Buffer.concat([pointer(below), ...lists]),
    'a pointer out of the file': pointer(0xffff_fff0),
  };
  for (const [what, record] of Object.entries(records)) t.equal(ask(withRecord(record))[2], null, what);
});

t.test('metadata that lie', async (t) => {
  const entries: Parameters<typeof writeMmdb>[0] = [['192.0.2.0/24', { country: { iso_code: 'DE' } }]];
  const unusual: readonly { readonly [key: string]: MmdbValue }[] = [
    { database_type: { toString: 'x', valueOf: 'y' }, build_epoch: -1.5 },
    { database_type: ['a', 'b'], build_epoch: [] },
    { database_type: '\u001b]0;owned\u0007\r\n\u009b31m', build_epoch: 8_700_000_000_000.5 },
    { database_type: 'x'.repeat(60_000), build_epoch: 'soon' },
    { database_type: true, build_epoch: -5.5 },
    { database_type: '', build_epoch: 0 },
  ];
  for (const metadata of unusual) {
    const [kind, builtAtMs, found] = ask(writeMmdb(entries, { metadata }));
    t.match(kind, /^[\x20-\x7e]{1,64}$/, JSON.stringify(metadata).slice(0, 60));
    t.equal(builtAtMs, null);
    t.match(found, { country: 'DE' });
  }
  for (const metadata of [
    { build_epoch: { toString: 'x', valueOf: 'y' } },
    { node_count: [5] },
    { node_count: { valueOf: 5 } },
    { node_count: -1 },
    { node_count: 0xffff_ffff },
    { ip_version: '6' },
    { record_size: '24' },
    { record_size: 0 },
  ])
    t.match(GeoDatabase.open(writeMmdb(entries, { metadata })), { type: 'failed' }, JSON.stringify(metadata));
});

t.test('records with names of the language', async (t) => {
  const record: MmdbValue = JSON.parse('{"__proto__": {"country_code": "US"}, "constructor": {"iso_code": "US"}}');
  t.equal(ask(writeMmdb([['192.0.2.0/24', record]]))[2], null);
  t.equal(Object.hasOwn(Object.prototype, 'country_code'), false);
});

t.test('a search tree that goes in circles or nowhere', async (t) => {
  const good = writeMmdb([['192.0.2.0/24', { country: { iso_code: 'DE' } }]], { ipVersion: 4 });
  const nodes = 24;
  for (const target of [0, 1, nodes - 1, nodes, nodes + 1, nodes + 15, nodes + 16, 0xff_ffff]) {
    const bytes = Buffer.from(good);
    for (let at = 0; at < nodes * 6; at += 3) bytes.writeUIntBE(target, at, 3);
    const isData = target === nodes + 16;
    t.match(ask(bytes)[2], isData ? { country: 'DE' } : null, `all lead to ${target}`);
  }
});

t.test('every truncation and any change: no exception, quickly', async () => {
  const good = writeMmdb(
    [
      ['192.0.2.0/24', { country: { iso_code: 'DE' }, location: { latitude: 52.5, longitude: 13.4 } }],
      ['198.51.100.0/25', { country_code: 'JP', latitude: '35.6', longitude: '139.7', asn: 'AS64500' }],
    ],
    { recordBits: 28 },
  );
  for (let length = 0; length <= good.length; length++) ask(good.subarray(0, length));
  for (let length = 0; length < good.length; length += 7) ask(good.subarray(length));
  const change = fc.record({ at: fc.nat(good.length - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = Buffer.from(good);
      for (const each of changes) bytes.set(each.bytes.subarray(0, bytes.length - each.at), each.at);
      ask(bytes);
    }),
    { seed: 5, numRuns: 2_000 },
  );
});

t.test('any record at all: no exception, and no answer that is no record', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 120 }), (record) => {
      const [found] = ask(withRecord(Buffer.from(record))).slice(2);
      if (found !== null && typeof found !== 'object') throw new Error('no record');
    }),
    { seed: 6, numRuns: 2_000 },
  );
});

t.test('asked many times it keeps nothing', async (t) => {
  const record = encodeMmdb({ country: { iso_code: 'DE' }, pad: 'x'.repeat(20_000) });
  const opened = GeoDatabase.open(writeMmdb([['0.0.0.0/1', '']], { rawRecord: record }));
  if (opened.type === 'failed') throw new Error(opened.reason);
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < 20_000; index++) opened.database.lookUp(`1.2.${index >> 8}.${index & 255}`);
  t.ok(process.memoryUsage().heapUsed - before < 100_000_000, '400 MB of text were read');
});
