import fc from 'fast-check';
import t from 'tap';
import { decodeFrames } from '../../../mesh/session/decode-frames.ts';
import { dataHeaderBytes, encodeFrame, hostBytes } from '../../../mesh/session/encode-frame.ts';
import type { Frame, PacketRange } from '../../../mesh/session/frame.ts';
import { ByteWriter } from '../../../mesh/wire/byte-writer.ts';
import { GOLDEN_FRAMES } from '../../fixtures/wire/golden-frames.ts';
import { fromHex, toHex } from '../../fixtures/wire/hex.ts';

function encode(frame: Frame): Uint8Array {
  const writer = new ByteWriter(new Uint8Array(70_000));
  encodeFrame(writer, frame);
  return writer.written();
}

t.test('frames become their golden bytes', async (t) => {
  for (const { hex, frame } of GOLDEN_FRAMES) t.equal(toHex(encode(frame)), toHex(fromHex(hex)), hex);
});

t.test('a frame that does not fit throws and is not half written for good', async (t) => {
  for (const { hex, frame } of GOLDEN_FRAMES) {
    const { length } = fromHex(hex);
    t.throws(() => encodeFrame(new ByteWriter(new Uint8Array(length - 1)), frame), RangeError);
  }
});

t.test('ACK delays are rounded to eighths and never negative', async (t) => {
  const ack = (delayMs: number): Frame => ({ type: 'ack', pathId: 0, delayMs, ranges: [{ first: 0, last: 0 }] });
  for (const [delayMs, hex] of [
    [0.05, '020000000000'],
    [0.07, '020001000000'],
    [-3, '020000000000'],
    [20, '020040a0000000'],
  ] as const) {
    t.equal(toHex(encode(ack(delayMs))), hex, `${delayMs} ms`);
  }
});

t.test('at most 32 ranges are written, the highest', async (t) => {
  const ranges = Array.from({ length: 40 }, (_, index) => ({ first: 1_000 - 3 * index, last: 1_001 - 3 * index }));
  const frames = decodeFrames(encode({ type: 'repair', pathId: 1, ranges }), 2);
  t.same(frames, [{ type: 'repair', pathId: 1, ranges: ranges.slice(0, 32) }]);
});

t.test('any ranges survive the way there and back', async (t) => {
  const sizes = fc.array(fc.tuple(fc.nat(2 ** 20), fc.nat(2 ** 20)), { minLength: 1, maxLength: 32 });
  const property = fc.property(sizes, fc.nat(2 ** 31), (parts, bottom) => {
    const ranges: PacketRange[] = [];
    let at = bottom;
    for (const [gap, length] of parts) {
      ranges.unshift({ first: at, last: at + length });
      at += length + gap + 2;
    }
    const frame: Frame = { type: 'ack', pathId: 3, delayMs: 1, ranges };
    return JSON.stringify(decodeFrames(encode(frame), 2)) === JSON.stringify([frame]);
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 5, numRuns: 500 }));
});

t.test('the sizes that packets are planned with', async (t) => {
  for (const { frame } of GOLDEN_FRAMES) {
    const { length } = encode(frame);
    if (frame.type === 'open')
      t.equal(
        1 + 1 + hostBytes(frame.target.host) + 2 + 1,
        length - frame.firstData.length - (frame.streamId > 63 ? 1 : 0),
      );
    if (frame.type === 'data')
      t.equal(dataHeaderBytes(frame.streamId, frame.offset, frame.bytes.length), length - frame.bytes.length);
  }
  t.equal(hostBytes({ type: 'name', name: 'ü'.repeat(100) }), 1 + 2 + 200);
});
