import t from 'tap';
import { formatEndpoint } from '../../../config/endpoint.ts';
import type { NodeAddress } from '../../../mesh/gossip/node-address.ts';
import { readNodeAddress, writeNodeAddress } from '../../../mesh/gossip/node-address.ts';
import { ByteReader } from '../../../mesh/wire/byte-reader.ts';
import { ByteWriter } from '../../../mesh/wire/byte-writer.ts';
import { fromHex, toHex, wrongLengths } from './fixtures/documents.ts';

const table: readonly (readonly [string, NodeAddress, string])[] = [
  [
    '010104c000020712e8',
    { transport: 'udp', source: 'configured', host: '192.0.2.7', port: 4840 },
    'udp://192.0.2.7:4840',
  ],
  [
    '020204ffffffffffff',
    { transport: 'tcp', source: 'observed', host: '255.255.255.255', port: 65535 },
    'tcp://255.255.255.255:65535',
  ],
  ['0303040a0000010001', { transport: 'kcp', source: 'local', host: '10.0.0.1', port: 1 }, 'kcp://10.0.0.1:1'],
  [
    '04010620010db800000000000000000000000701bb',
    { transport: 'wss', source: 'configured', host: '2001:db8::7', port: 443 },
    'wss://[2001:db8::7]:443',
  ],
];

function encode(address: NodeAddress): Uint8Array {
  const writer = new ByteWriter(new Uint8Array(21));
  writeNodeAddress(writer, address);
  return writer.written();
}

t.test('the table holds in both directions', async (t) => {
  for (const [hex, address, url] of table) {
    t.equal(toHex(encode(address)), hex);
    t.same(readNodeAddress(new ByteReader(fromHex(hex))), address);
    t.equal(formatEndpoint(address), url);
  }
});

t.test('every truncation is refused, and what follows is left', async (t) => {
  for (const [hex] of table)
    for (const bytes of wrongLengths(fromHex(hex))) {
      const reader = new ByteReader(bytes);
      const address = readNodeAddress(reader);
      if (bytes.length * 2 < hex.length) t.equal(address, null);
      else t.equal(reader.remaining, 1);
    }
});

t.test('unknown transports, sources and families and port 0 are refused', async (t) => {
  for (const hex of ['00', '05', 'ff'].map((byte) => `${byte}0104c000020712e8`))
    t.equal(readNodeAddress(new ByteReader(fromHex(hex))), null, hex);
  for (const hex of ['00', '04', 'ff'].map((byte) => `01${byte}04c000020712e8`))
    t.equal(readNodeAddress(new ByteReader(fromHex(hex))), null, hex);
  for (const hex of ['00', '05', '10'].map((byte) => `0101${byte}c000020712e8`))
    t.equal(readNodeAddress(new ByteReader(fromHex(hex))), null, hex);
  t.equal(readNodeAddress(new ByteReader(fromHex('010104c00002070000'))), null);
});

t.test('what is no address or port is not written', async (t) => {
  const good = table[0]![1];
  for (const host of ['', 'example.org', '1.2.3', '01.2.3.4', 'fe80::1%eth0', '[::1]', '1.2.3.4:5'])
    t.throws(() => encode({ ...good, host }), RangeError, host);
  for (const port of [0, -1, 65_536, Number.NaN]) t.throws(() => encode({ ...good, port }), RangeError, String(port));
});

t.test('IPv4 in the clothes of IPv6 is IPv4: one address has one spelling', async (t) => {
  const mapped = readNodeAddress(new ByteReader(fromHex('01030600000000000000000000ffff0a00000512e8')));
  t.same(mapped, { transport: 'udp', source: 'local', host: '10.0.0.5', port: 4_840 });
});
