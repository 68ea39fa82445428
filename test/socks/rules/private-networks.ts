import t from 'tap';
import { formatIpNetwork } from '../../../config/ip-network.ts';
import { isLocalHost } from '../../../socks/exits/site.ts';
import { addressBytes } from '../../../socks/host-text.ts';
import { networksOf } from '../../../socks/rules/private-networks.ts';
import { EntryTableBuilder } from '../../../socks/rules/entry-table.ts';
import { built } from './fixtures/built.ts';

t.test('a network stands for itself', async (t) => {
  t.same(networksOf('192.0.2.0/24').map(formatIpNetwork), ['192.0.2.0/24']);
  t.throws(() => networksOf('nonsense'));
});

t.test('private is what is local elsewhere in the program', async (t) => {
  const builder = new EntryTableBuilder();
  for (const network of networksOf('private')) builder.addNetwork(network, 'network', 0);
  const table = built(builder.build(0));
  const addresses = [
    ...['0.0.0.0', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255', '127.0.0.1', '169.254.1.1'],
    ...['172.16.0.0', '172.31.255.255', '192.168.1.1', '::', '::1', 'fc00::', 'fdff::1', 'fe80::1', 'febf::1'],
    ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '128.0.0.0', '169.253.0.0'],
    ...['172.15.255.255', '172.32.0.0', '192.167.0.0', '192.0.2.7', '::2', 'fbff::', 'fe00::', 'fec0::', '2001:db8::'],
  ];
  for (const text of addresses) {
    const bytes = addressBytes(text)!;
    let isPrivate = false;
    table.findAddress(bytes, 'network', () => (isPrivate = true));
    t.equal(isPrivate, isLocalHost({ type: 'ip', bytes }), text);
  }
});
