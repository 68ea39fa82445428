import fc from 'fast-check';
import t from 'tap';
import { decodeFrames } from '../../../mesh/session/decode-frames.ts';
import type { Frame } from '../../../mesh/session/frame.ts';
import { ParityReader } from '../../../mesh/session/parity-reader.ts';
import { ParityWriter } from '../../../mesh/session/parity-writer.ts';
import { ReceivedPackets } from '../../../mesh/session/received-packets.ts';
import { RttEstimator } from '../../../mesh/session/rtt-estimator.ts';

type ParityFrame = Extract<Frame, { readonly type: 'parity' }>;

/** The parity over these payloads, numbered from `first` on. */
function parityOver(payloads: readonly Uint8Array[], lossShare: number, first = 10): ParityFrame[] {
  const writer = new ParityWriter(0);
  for (const [index, payload] of payloads.entries()) writer.add(first + index, payload, lossShare, 100, 0);
  return writer.take(65_000).map((payload) => {
    const [frame] = decodeFrames(payload, 2)!;
    if (frame?.type !== 'parity') throw new Error('no parity');
    return frame;
  });
}

function makeReader(): { reader: ParityReader; received: ReceivedPackets } {
  const received = new ReceivedPackets(new RttEstimator());
  return { reader: new ParityReader(received), received };
}

const payloadsOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => new Uint8Array(30 + 7 * index).fill(index + 1));

t.test('any losses up to the number of rows are restored', async (t) => {
  const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });
  const property = fc.property(lengths, fc.infiniteStream(fc.nat(1_000)), (sizes, draws) => {
    const payloads = sizes.map((size) => Uint8Array.from({ length: size }, () => draws.next().value & 0xff));
    const frames = parityOver(payloads, 0.05);
    // As many packets are lost as there are rows, members and parity alike.
    const all = [...payloads.keys(), ...frames.map((_, row) => -1 - row)];
    const lost = new Set<number>();
    while (lost.size < Math.min(frames.length, all.length)) lost.add(all[draws.next().value % all.length]!);
    const { reader } = makeReader();
    const restored = new Map<number, Uint8Array>();
    for (const [index, payload] of payloads.entries()) {
      if (!lost.has(index)) reader.guarded(10 + index, payload.slice());
    }
    for (const frame of frames) {
      if (lost.has(-1 - frame.row)) continue;
      for (const { packetNumber, payload } of reader.parity(frame)) restored.set(packetNumber - 10, payload);
    }
    const expected = [...lost].filter((index) => index >= 0);
    return (
      restored.size === expected.length &&
      expected.every((index) => Buffer.compare(restored.get(index)!, payloads[index]!) === 0)
    );
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 8, numRuns: 500 }));
});

t.test('a packet that comes after its parity completes the group', async (t) => {
  const payloads = payloadsOf(5);
  const { reader } = makeReader();
  for (const index of [0, 1, 2]) reader.guarded(10 + index, payloads[index]!);
  const [frame] = parityOver(payloads, 0.01);
  t.same(reader.parity(frame!), []);
  t.same(reader.guarded(14, payloads[4]!), [{ packetNumber: 13, payload: payloads[3] }]);
  t.same(reader.parity(frame!), [], 'restored once');
});

t.test('restored packets are no longer missing, and reported four times', async (t) => {
  const payloads = payloadsOf(3);
  const { reader, received } = makeReader();
  for (const number of [10, 12, 13]) received.receive(number, true, false, 0);
  const before = received.missing.count;
  reader.guarded(10, payloads[0]!);
  reader.guarded(12, payloads[2]!);
  reader.parity(parityOver(payloads, 0.01)[0]!);
  t.equal(received.missing.count, before - 1);
  for (let turn = 0; turn < 4; turn++) t.same(reader.takeReport(), [{ first: 11, last: 11 }]);
  t.equal(reader.takeReport(), null);
});

t.test('reports name ranges, the highest first', async (t) => {
  const { reader } = makeReader();
  for (const first of [40, 41, 20]) reader.parity(parityOver(payloadsOf(1), 0.01, first)[0]!);
  t.same(reader.takeReport(), [
    { first: 40, last: 41 },
    { first: 20, last: 20 },
  ]);
});

t.test('what arrived is not restored', async (t) => {
  const payloads = payloadsOf(2);
  const { reader, received } = makeReader();
  received.receive(10, true, false, 0);
  received.receive(11, true, false, 0);
  t.same(reader.parity(parityOver(payloads.slice(0, 1), 0.01)[0]!), [], 'though it came without a mark');
  t.equal(reader.takeReport(), null);
});

t.test('what makes no sense is dropped', async (t) => {
  const frame: ParityFrame = {
    type: 'parity',
    pathId: 0,
    row: 0,
    ranges: [{ first: 5, last: 5 }],
    bytes: Uint8Array.of(0, 1, 9),
  };
  const restored = (change: Partial<ParityFrame>): number => makeReader().reader.parity({ ...frame, ...change }).length;
  t.equal(restored({}), 1);
  t.equal(restored({ row: 6 }), 0, 'row 6');
  t.equal(restored({ bytes: Uint8Array.of(0, 1) }), 0, 'no room for a byte');
  t.equal(restored({ bytes: Uint8Array.of(0, 2, 9) }), 0, 'longer than it can be');
  t.equal(restored({ bytes: Uint8Array.of(0, 0, 9) }), 0, 'empty');
  t.equal(restored({ bytes: new Uint8Array(9_000).fill(1) }), 1, 'as long as a large frame of Ethernet');
  t.equal(restored({ bytes: new Uint8Array(9_001).fill(1) }), 0, 'longer than any datagram that stays whole');
  t.equal(restored({ ranges: [{ first: 0, last: 20 }] }), 0, '21 members');
  t.equal(
    restored({
      ranges: [
        { first: 64, last: 64 },
        { first: 0, last: 0 },
      ],
    }),
    0,
    'too far apart',
  );
  t.equal(restored({ ranges: [{ first: 0, last: Number.MAX_SAFE_INTEGER }] }), 0, 'for ever');
  const { reader } = makeReader();
  reader.guarded(5, new Uint8Array(50));
  t.same(reader.parity({ ...frame, ranges: [{ first: 5, last: 6 }] }), [], 'a member longer than the sum');
});

t.test('random parity never throws', async (t) => {
  const { reader } = makeReader();
  const property = fc.property(
    fc.nat(80),
    fc.nat(25),
    fc.nat(7),
    fc.uint8Array({ maxLength: 40 }),
    fc.boolean(),
    (first, more, row, bytes, isGuarded) => {
      if (isGuarded) reader.guarded(first, bytes);
      const ranges = [{ first, last: first + more }];
      return reader.parity({ type: 'parity', pathId: 0, row, ranges, bytes }).length <= 6;
    },
  );
  t.doesNotThrow(() => fc.assert(property, { seed: 9, numRuns: 5_000 }));
});

t.test('64 packets and 128 KB are kept, and four groups', async (t) => {
  const payloads = payloadsOf(2);
  const frame = parityOver(payloads, 0.01)[0]!;
  for (const [others, bytes, isKept] of [
    [63, 10, true],
    [64, 10, false],
    [13, 10_000, true],
    [14, 10_000, false],
  ] as const) {
    const { reader } = makeReader();
    reader.guarded(10, payloads[0]!);
    for (let n = 0; n < others; n++) reader.guarded(1_000 + n, new Uint8Array(bytes));
    t.equal(reader.parity(frame).length, isKept ? 1 : 0, `${others} others of ${bytes} bytes`);
  }
  for (const [others, isKept] of [
    [3, true],
    [4, false],
  ] as const) {
    const { reader } = makeReader();
    reader.parity(frame);
    for (let n = 0; n < others; n++) reader.parity(parityOver(payloads, 0.01, 100 + 2 * n)[0]!);
    t.equal(reader.guarded(10, payloads[0]!).length, isKept ? 1 : 0, `${others} other groups`);
  }
});

t.test('a path without a link keeps nothing', async (t) => {
  const payloads = payloadsOf(2);
  const frame = parityOver(payloads, 0.01)[0]!;
  const { reader } = makeReader();
  reader.guarded(10, payloads[0]!);
  reader.clear();
  t.same(reader.parity(frame), []);
  reader.clear();
  t.same(reader.guarded(10, payloads[0]!), []);
  t.equal(reader.parity(frame).length, 1, 'and begins anew');
});
