import fc from 'fast-check';
import t from 'tap';
import { canonicalIp, isManyHostsIp, isWildcardIp } from '../../config/ip-literal.ts';

const CANONICAL: readonly (readonly [string, string])[] = [
  ['192.0.2.7', '192.0.2.7'],
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['::', '::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['2001:DB8::0:1', '2001:db8::1'],
  ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
  // RFC 5952 section 4.2: the longest run of zeros is compressed, and never a single group.
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:c000:207', '192.0.2.7'],
];

const REFUSED = [
  '',
  ' 192.0.2.7',
  '192.0.2.7\n',
  '192.0.2',
  '192.0.2.7.1',
  '192.0.2.256',
  '192.0.2.07',
  '0xc0.0.2.7',
  '3221225991',
  '127.1',
  '192.0.2.7.',
  '.192.0.2.7',
  '192..2.7',
  'localhost',
  'example.com',
  '[::1]',
  ':::',
  '1::2::3',
  'fe80::1%eth0',
  '12345::',
  '1:2:3:4:5:6:7:8:9',
  '::192.0.2.256',
  '１２７.0.0.1',
  `::${'0'.repeat(100)}`,
];

t.test('one spelling for each address', async (t) => {
  for (const [text, canonical] of CANONICAL) {
    t.equal(canonicalIp(text), canonical, text);
    t.equal(canonicalIp(canonical), canonical, `${canonical} stays`);
  }
});

t.test('what is no address', async (t) => {
  for (const text of REFUSED) t.equal(canonicalIp(text), null, JSON.stringify(text));
});

t.test('property: canonical addresses stay as they are', async () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const canonical = canonicalIp(text);
      return canonical !== null && canonicalIp(canonical) === canonical && canonical === canonical.toLowerCase();
    }),
    { seed: 1 },
  );
});

t.test('addresses of many', async (t) => {
  for (const ip of ['0.0.0.0', '::']) t.equal(isWildcardIp(ip), true, ip);
  for (const ip of ['127.0.0.1', '::1', '192.0.2.7']) t.equal(isWildcardIp(ip), false, ip);
  for (const ip of ['224.0.0.1', '239.1.2.3', '255.255.255.255', 'ff02::1']) t.equal(isManyHostsIp(ip), true, ip);
  for (const ip of ['0.0.0.0', '::', '127.0.0.1', '192.0.2.7', 'fe80::1', '2001:db8::1'])
    t.equal(isManyHostsIp(ip), false, ip);
});
