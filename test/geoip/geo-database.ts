import fc from 'fast-check';
import t from 'tap';
import { GeoDatabase } from '../../geoip/geo-database.ts';
import { writeMmdb, type MmdbEntry } from '../fixtures/mmdb-writer.ts';

const berlin = { country: { iso_code: 'DE' }, location: { latitude: 52.5, longitude: 13.4 } };
const entries: readonly MmdbEntry[] = [
  ['192.0.2.0/24', berlin],
  ['198.51.100.0/25', { country_code: 'JP', latitude: '35.6', longitude: '139.7', asn: 'AS64500' }],
];
const v6: MmdbEntry = ['2001:db8:0:0:0:0:0:0/32', { country: { iso_code: 'FR' } }];

function open(bytes: Uint8Array): GeoDatabase {
  const opened = GeoDatabase.open(bytes);
  if (opened.type === 'failed') throw new Error(opened.reason);
  return opened.database;
}

for (const recordBits of [24, 28, 32] as const) {
  for (const ipVersion of [4, 6] as const) {
    t.test(`${recordBits} bits, IPv${ipVersion}`, async (t) => {
      const database = open(writeMmdb(ipVersion === 6 ? [...entries, v6] : entries, { recordBits, ipVersion }));
      t.equal(database.kind, 'Test-City');
      t.equal(database.builtAtMs, 1_700_000_000_000);
      t.match(database.lookUp('192.0.2.200'), { country: 'DE', precision: 'place', position: { latitude: 52.5 } });
      t.match(database.lookUp('::ffff:192.0.2.1'), { country: 'DE' });
      t.match(database.lookUp('198.51.100.127'), { country: 'JP', asn: 64_500, position: { longitude: 139.7 } });
      const french = ipVersion === 6 ? { country: 'FR', precision: 'country' } : null;
      t.match(database.lookUp('2001:db8::1'), french);
      for (const unknown of ['198.51.100.128', '192.0.3.0', '2001:db9::', 'example.com', '', '192.0.2'])
        t.equal(database.lookUp(unknown), null, unknown);
    });
  }
}

t.test('what is no database', async (t) => {
  const good = writeMmdb(entries);
  t.match(GeoDatabase.open(new Uint8Array(0)), { type: 'failed', reason: /no MaxMind database/ });
  t.match(GeoDatabase.open(Buffer.from('<html>')), { type: 'failed', reason: /no MaxMind database/ });
  t.equal(GeoDatabase.open(Buffer.concat([good, Buffer.alloc(200_000)])).type, 'failed');
  for (const metadata of [
    { node_count: 1e9 },
    { node_count: 0 },
    { record_size: 20 },
    { ip_version: 5 },
    { node_count: 'x' },
  ])
    t.match(GeoDatabase.open(writeMmdb(entries, { metadata })), { type: 'failed', reason: /metadata/ });
  const marker = good.indexOf('MaxMind.com');
  const misled = Buffer.concat([good.subarray(0, marker + 11), Buffer.from('m'), good.subarray(marker + 11)]);
  t.match(GeoDatabase.open(misled), { type: 'failed' });
  t.equal(GeoDatabase.open(writeMmdb([])).type, 'opened');
});

t.test('every truncation fails, and none throws', async (t) => {
  const good = writeMmdb(entries);
  for (let length = 0; length < good.length; length++) {
    const opened = GeoDatabase.open(good.subarray(0, length));
    t.equal(opened.type, 'failed', `${length}`, { diagnostic: false });
  }
});

t.test('a record that would take all memory is no answer', async (t) => {
  for (const rawRecord of [[0x1f, 0x04, 0xff, 0xff, 0xff], [0x20, 0], [0xff]]) {
    const database = open(writeMmdb([['192.0.2.0/24', '']], { rawRecord: Buffer.from(rawRecord) }));
    t.equal(database.lookUp('192.0.2.1'), null);
  }
});

t.test('flipped bytes never make it throw', async () => {
  const good = writeMmdb([...entries, v6]);
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length - 1), fc.nat(255), (a, x, b, y) => {
      const bytes = Buffer.from(good);
      bytes[a] = x;
      bytes[b] = y;
      const opened = GeoDatabase.open(bytes);
      if (opened.type === 'failed') return;
      for (const address of ['192.0.2.1', '198.51.100.1', '2001:db8::1', '::1']) opened.database.lookUp(address);
      void opened.database.builtAtMs;
      void opened.database.kind;
    }),
    { seed: 4, numRuns: 2_000 },
  );
});
