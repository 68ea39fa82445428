import t from 'tap';
import { destinationNetwork } from '../../../socks/exits/destination-network.ts';

t.test('prefixes', async (t) => {
  const table: readonly (readonly [string, number | null, string | null])[] = [
    ['192.0.2.77', null, '192.0.2.0/24'],
    ['192.0.2.1', 64_500, 'AS64500 192.0.2.0/24'],
    ['::ffff:192.0.2.1', null, '192.0.2.0/24'],
    ['2001:db8:1:2::3', null, '2001:db8:1::/48'],
    ['2001:DB8:1:ffff::', 1, 'AS1 2001:db8:1::/48'],
    ['::1', null, '0:0:0::/48'],
    ['example.com', null, null],
    ['192.0.2', null, null],
    ['', 5, null],
  ];
  for (const [address, asn, network] of table) t.equal(destinationNetwork(address, asn), network, address);
});
