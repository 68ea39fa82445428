import fc from 'fast-check';
import t from 'tap';
import { IpPacketReader } from './fixtures/emulator/ip-packet.ts';
import { formatIpv4, parseIpv4 } from './fixtures/emulator/ipv4-address.ts';
import { writePacket } from './fixtures/emulator/write-packet.ts';

const FROM = '11.0.0.1';
const TO = '203.0.113.255';

t.test('addresses as text and as numbers', async (t) => {
  const table: readonly (readonly [string, number])[] = [
    ['0.0.0.0', 0],
    ['11.0.0.1', 0x0b00_0001],
    ['255.255.255.255', 0xffff_ffff],
  ];
  for (const [text, number] of table) {
    t.equal(parseIpv4(text), number);
    t.equal(formatIpv4(number), text);
  }
  for (const text of ['', '1.2.3', '1.2.3.256', '1.2.3.4.5', '::1', ' 1.2.3.4', '1.2.3.4444'])
    t.equal(parseIpv4(text), null, text);
});

t.test('headers', async (t) => {
  const reader = new IpPacketReader();
  for (const protocol of [6, 17])
    for (const options of [0, 10]) {
      const packet = writePacket({ from: FROM, to: TO, protocol, sourcePort: 65_535, destinationPort: 53, options });
      t.ok(reader.read(packet, packet.length));
      t.match(reader, { protocol, sourcePort: 65_535, destinationPort: 53 });
      t.same([reader.source, reader.destination].map(formatIpv4), [FROM, TO]);
    }
  const table = [
    ['no ports in ICMP', { protocol: 1 }],
    ['none in a later fragment', { fragmentOffset: 100 }],
    ['none where the packet ends before', { payloadBytes: 3 }],
  ] as const;
  for (const [name, rest] of table) {
    const packet = writePacket({ from: FROM, to: TO, ...rest });
    t.ok(reader.read(packet, packet.length), name);
    t.match(reader, { sourcePort: 0, destinationPort: 0 }, name);
  }
});

t.test('what is no packet', async (t) => {
  const reader = new IpPacketReader();
  const packet = writePacket({ from: FROM, to: TO });
  for (let length = 0; length < packet.length; length++) t.notOk(reader.read(packet, length), `${length} bytes`);
  t.notOk(reader.read(packet, packet.length + 1), 'more than there is');
  for (const first of [0x65, 0x44, 0x4f]) {
    const broken = Buffer.from(packet);
    broken[0] = first;
    t.notOk(reader.read(broken, broken.length), `begins with ${first}`);
  }
});

t.test('any bytes are read or not, and nothing beyond them is', async (t) => {
  const reader = new IpPacketReader();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (bytes, isLikely) => {
      const room = Buffer.alloc(bytes.length, bytes);
      if (isLikely && room.length >= 20) {
        room[0] = 0x40 | (room[0]! & 0x0f);
        room.writeUInt16BE(room.length, 2);
      }
      const isRead = reader.read(room, room.length);
      if (!isRead) return true;
      return room[0]! >> 4 === 4 && reader.sourcePort <= 65_535 && reader.source <= 0xffff_ffff;
    }),
  );
  t.pass('no exception');
});
