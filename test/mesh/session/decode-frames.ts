import fc from 'fast-check';
import t from 'tap';
import { decodeFrames } from '../../../mesh/session/decode-frames.ts';
import { BROKEN_PAYLOADS, GOLDEN_FRAMES } from '../../fixtures/wire/golden-frames.ts';
import { fromHex, join } from '../../fixtures/wire/hex.ts';

t.test('golden bytes become their frames', async (t) => {
  for (const { hex, level, frame } of GOLDEN_FRAMES) t.same(decodeFrames(fromHex(hex), level), [frame], hex);
});

t.test('every truncation of every frame is dropped whole', async (t) => {
  const ping = fromHex('01');
  for (const { hex, level } of GOLDEN_FRAMES) {
    const bytes = fromHex(hex);
    for (let length = 1; length < bytes.length; length++) {
      t.equal(decodeFrames(bytes.subarray(0, length), level), null, `${hex} cut to ${length}`);
      if (level === 2) t.equal(decodeFrames(join(ping, bytes.subarray(0, length)), 2), null);
    }
  }
});

t.test('HELLO and CHALLENGE come at level 0, everything else at level 2', async (t) => {
  for (const { hex, level } of GOLDEN_FRAMES) t.equal(decodeFrames(fromHex(hex), level === 0 ? 2 : 0), null, hex);
});

t.test('frames follow each other, with padding anywhere', async (t) => {
  for (const level of [0, 2] as const) {
    const golden = GOLDEN_FRAMES.filter((frame) => frame.level === level);
    const bytes = join(...golden.map(({ hex }) => join(Uint8Array.of(0, 0), fromHex(hex), Uint8Array.of(0))));
    t.same(
      decodeFrames(bytes, level),
      golden.map(({ frame }) => frame),
    );
    t.same(decodeFrames(new Uint8Array(100), level), []);
    t.same(decodeFrames(new Uint8Array(0), level), []);
  }
});

t.test('reserved and unknown types', async (t) => {
  const known = new Set(GOLDEN_FRAMES.map(({ hex }) => fromHex(hex)[0]));
  known.add(0);
  for (let type = 0; type < 256; type++) {
    if (known.has(type)) continue;
    for (const level of [0, 2] as const) {
      t.equal(decodeFrames(join(Uint8Array.of(type), new Uint8Array(100)), level), null, `type ${type}`);
      t.equal(decodeFrames(Uint8Array.of(type), level), null);
    }
  }
  t.equal(known.size, 34);
});

t.test('malformed frames', async (t) => {
  for (const { hex, why } of BROKEN_PAYLOADS) t.equal(decodeFrames(fromHex(hex), 2), null, why);
});

t.test('a refusal for a reason of a later version is one all the same', async (t) => {
  for (const [code, reason] of [
    ['01', 'failed'],
    ['02', 'not-allowed'],
    ['09', 'overloaded'],
    ['0a', 'failed'],
    ['ff', 'failed'],
  ] as const) {
    t.same(decodeFrames(fromHex(`06 04 ${code}`), 2), [{ type: 'refused', streamId: 4, reason }]);
  }
});

t.test('HELLO, gossip and WITNESS have limits', async (t) => {
  const sized = (type: number, count: number): Uint8Array =>
    join(Uint8Array.of(type, 0x80, count >> 16, count >> 8, count), new Uint8Array(count));
  t.equal(decodeFrames(sized(0x12, 1_024), 0)?.length, 1);
  t.equal(decodeFrames(sized(0x12, 1_025), 0), null);
  for (const type of [0x13, 0x14]) {
    t.equal(decodeFrames(sized(type, 60_000), 2)?.length, 1);
    t.equal(decodeFrames(sized(type, 60_001), 2), null);
  }
});

t.test('bytes are views into the payload, hosts are copies', async (t) => {
  const payload = fromHex('04 00 04 c0000201 0050 03 616263');
  const frame = decodeFrames(payload, 2)![0]!;
  payload.fill(0xdb);
  t.match(frame, { target: { host: { bytes: fromHex('c0000201') } }, firstData: fromHex('dbdbdb') });
});

t.test('random and mutated payloads never throw', async (t) => {
  const golden = fc.constantFrom(...GOLDEN_FRAMES.map(({ hex }) => fromHex(hex)));
  const mutated = fc
    .tuple(
      fc.array(golden, { minLength: 1, maxLength: 6 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
    )
    .map(([parts, changes]) => {
      const bytes = join(...parts);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes;
    });
  const property = fc.property(fc.oneof(fc.uint8Array({ maxLength: 1_200 }), mutated), (bytes) => {
    for (const level of [0, 2] as const) {
      const frames = decodeFrames(bytes, level);
      if (frames === null) continue;
      for (const frame of frames) {
        if (frame.type === 'data' && !Number.isSafeInteger(frame.offset + frame.bytes.length)) return false;
        if (frame.type !== 'ack' && frame.type !== 'repair') continue;
        if (frame.ranges.length > 32 || frame.ranges.some(({ first, last }) => first < 0 || first > last)) return false;
        if (frame.ranges.some(({ last }, index) => index > 0 && last > frame.ranges[index - 1]!.first - 2))
          return false;
      }
    }
    return true;
  });
  fc.assert(property, { seed: 4, numRuns: 3_000 });
  t.pass('3,000 payloads');
});
