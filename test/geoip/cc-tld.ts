import t from 'tap';
import { ccTldCountry } from '../../geoip/cc-tld.ts';

t.test('hints of domains', async (t) => {
  const table: readonly (readonly [string, string | null])[] = [
    ['example.de', 'DE'],
    ['EXAMPLE.JP', 'JP'],
    ['a.co.uk', 'GB'],
    ['a.gb', 'GB'],
    ['a.fr', 'FR'],
    ['a.io', null],
    ['a.tv', null],
    ['a.ai', null],
    ['a.me', null],
    ['a.co', null],
    ['a.eu', null],
    ['a.com', null],
    ['a.zz', null],
    ['de', null],
    ['', null],
    ['192.0.2.10', null],
    ['a.', null],
  ];
  for (const [site, country] of table) t.equal(ccTldCountry(site), country, site);
});
