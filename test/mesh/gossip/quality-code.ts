import fc from 'fast-check';
import t from 'tap';
import { decodeLossShare, decodeRttMs, encodeLossShare, encodeRttMs } from '../../../mesh/gossip/quality-code.ts';

const rtts = [
  [0x00, 0.5],
  [0x01, 17 / 32],
  [0x0f, 31 / 32],
  [0x10, 1],
  [0x7a, 104],
  [0xf0, 16_384],
  [0xfe, 30_720],
  [0xff, null],
] as const;

t.test('round trips, in both directions', async (t) => {
  for (const [code, rttMs] of rtts) {
    t.equal(decodeRttMs(code), rttMs);
    t.equal(encodeRttMs(rttMs), code);
  }
  for (let code = 0; code < 256; code++) t.equal(encodeRttMs(decodeRttMs(code)), code);
  t.equal(encodeRttMs(0), 0);
  t.equal(encodeRttMs(1e9), 254, 'the longest there is');
});

t.test('what comes out is within three percent of what went in', async (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 30_000, noNaN: true }), (rttMs) => {
      t.ok(Math.abs((decodeRttMs(encodeRttMs(rttMs)) ?? 0) - rttMs) <= 0.0313 * rttMs);
    }),
    { seed: 1, numRuns: 300 },
  );
});

t.test('losses, in both directions', async (t) => {
  for (const [share, code] of [
    [0, 0],
    [0.0025, 1],
    [0.02, 8],
    [0.5, 200],
    [0.6375, 255],
  ] as const) {
    t.equal(encodeLossShare(share), code);
    t.equal(decodeLossShare(code), share);
  }
  t.equal(encodeLossShare(1), 255);
});
