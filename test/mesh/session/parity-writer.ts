import t from 'tap';
import { decodeFrames } from '../../../mesh/session/decode-frames.ts';
import { PARITY_OVERHEAD_BYTES, ParityWriter } from '../../../mesh/session/parity-writer.ts';
import { fromHex } from '../../fixtures/wire/hex.ts';

const bytes = (count: number): Uint8Array => new Uint8Array(count).fill(1);

t.test('the parity of two packets, by hand', async (t) => {
  const writer = new ParityWriter(3);
  writer.add(7, fromHex('1f0102'), 0.05, 100, 0);
  writer.add(9, fromHex('1f'), 0.05, 100, 0);
  t.same(writer.take(1_168), [fromHex('19 03 00 09 01 00 00 00 05 0002 00 0102')]);
  t.same(writer.take(1_168), [], 'once');
});

t.test('a group of one is a copy', async (t) => {
  const writer = new ParityWriter(0);
  writer.add(2 ** 40, fromHex('1f05'), 0.01, 100, 0);
  const [frame] = decodeFrames(writer.take(1_168)[0]!, 2)!;
  t.same(frame, {
    type: 'parity',
    pathId: 0,
    row: 0,
    ranges: [{ first: 2 ** 40, last: 2 ** 40 }],
    bytes: fromHex('0002 1f05'),
  });
});

t.test('groups close when full, after 20 ms or a quarter of a round trip, or 3 ms after the last byte', async (t) => {
  const writer = new ParityWriter(0);
  t.equal(writer.dueAtMs, Infinity);
  writer.settle(0);
  t.equal(writer.dueAtMs, Infinity);
  writer.add(0, bytes(5), 0.01, 40, 100);
  t.equal(writer.dueAtMs, 120);
  writer.settle(105);
  t.equal(writer.dueAtMs, 108);
  writer.clear();
  t.equal(writer.dueAtMs, Infinity);
  for (let n = 0; n < 20; n++) {
    t.ok(writer.takes(n));
    writer.add(n, bytes(5), 0.01, 200, 100);
    t.equal(writer.dueAtMs, n < 19 ? 150 : 100);
  }
  t.notOk(writer.takes(20));
  t.equal(writer.take(1_168).length, 2);
  t.ok(writer.takes(20));
});

t.test('a group takes no packet that would make its name long', async (t) => {
  const writer = new ParityWriter(0);
  writer.add(0, bytes(5), 0.01, 40, 0);
  t.ok(writer.takes(63));
  t.notOk(writer.takes(64));
  for (const n of [2, 4, 6]) writer.add(n, bytes(5), 0.01, 40, 0);
  t.notOk(writer.takes(8));
  t.ok(writer.takes(7));
});

t.test('parity over full packets fits, with the longest name there is', async (t) => {
  const writer = new ParityWriter(255);
  for (const n of [0, 20, 40, 60]) writer.add(2 ** 47 + n, bytes(1_168 - PARITY_OVERHEAD_BYTES), 0.1, 40, 0);
  for (const payload of writer.take(1_168)) t.ok(payload.length <= 1_168, `${payload.length} bytes`);
  writer.add(0, bytes(1_168), 0.1, 40, 0);
  t.same(writer.take(1_168), [], 'a link that took more before');
  t.equal(writer.dueAtMs, Infinity);
});
