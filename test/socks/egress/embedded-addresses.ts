import t from 'tap';
import { embeddedAddresses } from '../../../socks/egress/embedded-addresses.ts';
import { addressBytes, addressText } from '../../../socks/host-text.ts';

t.test('what is inside', async (t) => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['8.8.8.8', ['8.8.8.8']],
    ['2a00::1', ['2a00::1']],
    ['::ffff:10.0.0.1', ['10.0.0.1']],
    ['64:ff9b::10.0.0.1', ['64:ff9b::a00:1', '10.0.0.1']],
    ['2002:a00:1::5', ['2002:a00:1::5', '10.0.0.1']],
    ['2001:0:a00:1::f5ff:fffd', ['2001:0:a00:1::f5ff:fffd', '10.0.0.1', '10.0.0.2']],
    ['2a00::5efe:a00:1', ['2a00::5efe:a00:1', '10.0.0.1']],
    ['2a00::200:5efe:a00:1', ['2a00::200:5efe:a00:1', '10.0.0.1']],
    ['2a00::100:5efe:a00:1', ['2a00::100:5efe:a00:1']],
    ['2002:a00:1::5efe:a00:2', ['2002:a00:1::5efe:a00:2', '10.0.0.1', '10.0.0.2']],
  ];
  for (const [address, inside] of table) {
    t.same(embeddedAddresses(addressBytes(address)!).map(addressText), inside, address);
  }
});
