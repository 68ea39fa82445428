import t from 'tap';
import { maxProbeBytes, UDP_MESSAGE_BYTES } from '../../../transports/udp/largest-message.ts';

t.equal(UDP_MESSAGE_BYTES, 1_280 - 40 - 8);

const table: readonly (readonly [string, number])[] = [
  ['192.0.2.7', 1_500 - 20 - 8],
  ['127.0.0.1', 1_500 - 20 - 8],
  ['::ffff:192.0.2.7', 1_500 - 20 - 8],
  ['2001:db8::7', 1_500 - 40 - 8],
  ['::1', 1_500 - 40 - 8],
  ['fe80::1%eth0', 1_500 - 40 - 8],
];

for (const [address, bytes] of table) {
  t.equal(maxProbeBytes(address, true), bytes, address);
  t.equal(maxProbeBytes(address, false), UDP_MESSAGE_BYTES, `${address} with fragments`);
}
