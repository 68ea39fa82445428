import t from 'tap';
import { declaredRecord, readGeoRecord } from '../../geoip/geo-record.ts';

const position = { latitude: 52.5, longitude: 13.4 };

t.test('nested and flat, numbers and text', async (t) => {
  const place = { country: 'DE', position, asn: null, precision: 'place' };
  t.same(readGeoRecord({ country: { iso_code: 'DE' }, location: { latitude: 52.5, longitude: 13.4 } }), place);
  t.same(readGeoRecord({ country_code: 'de', latitude: '52.5', longitude: '13.4' }), place);
  t.same(readGeoRecord({ country: 'DE', lat: '52.5', lng: 13.4 }), place);
  t.same(readGeoRecord({ country: 'DE', lat: 52.5, lon: 13.4 }), place);
  t.match(readGeoRecord({ registered_country: { iso_code: 'DE' } }), { country: 'DE', precision: 'country' });
  for (const asn of [{ autonomous_system_number: 64_500 }, { asn: 'AS64500' }, { asn: '64500' }])
    t.same(readGeoRecord(asn), { country: null, position: null, asn: 64_500, precision: 'none' });
});

t.test('what tells nothing', async (t) => {
  const records = [null, 3, '', [], {}, { country: 'Germany' }, { country: { iso_code: 'ZZ' } }, { country: [] }];
  const more = [
    { location: null },
    { location: { latitude: 0, longitude: 0 } },
    { lat: 5 },
    { asn: 0 },
    { asn: 'ASx' },
    { asn: 2 ** 32 },
  ];
  for (const record of [...records, ...more]) t.equal(readGeoRecord(record), null);
});

t.test('declared', async (t) => {
  t.same(declaredRecord('DE', position), { country: 'DE', position, asn: null, precision: 'place' });
  t.match(declaredRecord('DE', null), { country: 'DE', position: {}, precision: 'country' });
  t.same(declaredRecord(null, null), { country: null, position: null, asn: null, precision: 'none' });
});
