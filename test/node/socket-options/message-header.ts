import t from 'tap';
import { MessageHeader } from '../../../node/socket-options/message-header.ts';
import { encodeSocketAddress } from '../../../node/socket-options/socket-address.ts';

const BASE = 0x7f00_1234_5000n;

function setup(): { header: MessageHeader; u64(at: number): bigint; hex(at: number, bytes: number): string } {
  const header = new MessageHeader(() => BASE);
  const { bytes } = header;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    header,
    u64: (at) => view.getBigUint64(at, true),
    hex: (at, length) => Buffer.from(bytes.subarray(at, at + length)).toString('hex'),
  };
}

t.test('a batch carries its segment size', async (t) => {
  const { header, u64, hex } = setup();
  header.setName(null);
  header.setContent(0x1_0000_0001n, 61_600, 1_232);
  t.strictSame([u64(0), u64(8), u64(16), u64(24)], [0n, 0n, BASE + 64n, 1n]);
  t.strictSame([u64(32), u64(40), u64(48)], [BASE + 96n, 24n, 0n]);
  t.strictSame([u64(64), u64(72)], [0x1_0000_0001n, 61_600n]);
  t.equal(hex(96, 24), '1200000000000000' + '11000000' + '67000000' + 'd004000000000000');
});

t.test('one message carries none, also after a batch', async (t) => {
  const { header, u64 } = setup();
  header.setContent(1n, 3_000, 1_232);
  header.setContent(1n, 1_232, 1_232);
  t.equal(u64(40), 0n);
  header.setContent(1n, 100, 1_232);
  t.equal(u64(40), 0n);
});

t.test('names are taken in turn', async (t) => {
  const { header, u64, hex } = setup();
  for (const address of ['192.0.2.7', '2001:db8::7', '192.0.2.8']) {
    const name = encodeSocketAddress(address, 4_840)!;
    header.setName(name);
    t.equal(u64(0), BASE + 128n);
    t.equal(u64(8), BigInt(name.length));
    t.equal(hex(128, name.length), Buffer.from(name).toString('hex'));
  }
  header.setName(null);
  t.strictSame([u64(0), u64(8)], [0n, 0n]);
});
