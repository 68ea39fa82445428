import t from 'tap';
import { encodeSocketAddress, MAX_SOCKET_ADDRESS_BYTES } from '../../../node/socket-options/socket-address.ts';

const table: readonly (readonly [string, number, string])[] = [
  ['192.0.2.7', 4_840, '0200 12e8 c0000207 0000000000000000'],
  ['0.0.0.0', 0, '0200 0000 00000000 0000000000000000'],
  ['::', 65_535, '0a00 ffff 00000000 00000000000000000000000000000000 00000000'],
  ['2001:db8::7', 1, '0a00 0001 00000000 20010db8000000000000000000000007 00000000'],
  ['::ffff:192.0.2.7', 4_840, '0a00 12e8 00000000 00000000000000000000ffffc0000207 00000000'],
];

for (const [address, port, hex] of table) {
  const encoded = encodeSocketAddress(address, port);
  t.equal(encoded && Buffer.from(encoded).toString('hex'), hex.replaceAll(' ', ''), address);
  t.ok(encoded && encoded.length <= MAX_SOCKET_ADDRESS_BYTES);
}

for (const address of ['', 'localhost', 'fe80::1%eth0', '1.2.3', '1.2.3.4.5', '::g']) {
  t.equal(encodeSocketAddress(address, 1), null, address);
}
