import fc from 'fast-check';
import t from 'tap';
import { type SentPacket, SentPackets } from '../../../mesh/session/sent-packets.ts';

function packet(packetNumber: number, bytes = 100): SentPacket {
  return {
    packetNumber,
    sentAtMs: packetNumber,
    bytes,
    frames: [],
    deliveredBytes: 0,
    deliveredAtMs: 0,
    firstSentAtMs: 0,
    isAppLimited: false,
  };
}

t.test('does what a map does, over any ranges', async (t) => {
  const range = fc.tuple(fc.nat(700), fc.nat(60));
  const step = fc.oneof(fc.nat(3), fc.array(range, { minLength: 1, maxLength: 4 }));
  const property = fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
    const sent = new SentPackets();
    const model = new Map<number, number>();
    let next = 0;
    for (const one of steps) {
      if (typeof one === 'number') {
        for (let turn = 0; turn < 5; turn++) {
          next += one; // numbers that elicit nothing lie between
          sent.add(packet(next, next + 1));
          model.set(next, next + 1);
          next++;
        }
      } else {
        const ranges = one.map(([first, length]) => ({ first, last: first + length }));
        const taken = new Set<number>();
        sent.take(ranges, ({ packetNumber }) => taken.add(packetNumber));
        const expected = [...model.keys()].filter((n) => ranges.some(({ first, last }) => n >= first && n <= last));
        if (taken.size !== expected.length || !expected.every((n) => taken.has(n))) return false;
        for (const n of expected) model.delete(n);
      }
      const [oldest] = model.keys();
      if (sent.count !== model.size || (sent.oldest?.packetNumber ?? undefined) !== oldest) return false;
      if (sent.bytesInFlight !== [...model.values()].reduce((sum, bytes) => sum + bytes, 0)) return false;
    }
    sent.takeAll(({ packetNumber }) => model.delete(packetNumber));
    return model.size === 0 && sent.count === 0 && sent.bytesInFlight === 0 && sent.oldest === null;
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 400 }));
});

t.test('ranges far outside of what was sent cost nothing', async (t) => {
  const sent = new SentPackets();
  for (let n = 1_000; n < 1_010; n++) sent.add(packet(n));
  sent.take(
    [
      { first: 2 ** 50, last: 2 ** 53 - 1 },
      { first: 0, last: 999 },
    ],
    () => t.fail('none of them'),
  );
  let count = 0;
  sent.take([{ first: 0, last: Number.MAX_SAFE_INTEGER }], () => count++);
  t.equal(count, 10);
});

t.test('takes the ones sent before an instant', async (t) => {
  const sent = new SentPackets();
  for (let n = 0; n < 10; n++) sent.add(packet(n));
  const taken: number[] = [];
  sent.takeSentBefore(4, ({ packetNumber }) => taken.push(packetNumber));
  t.same(taken, [0, 1, 2, 3]);
  sent.takeSentBefore(4, () => t.fail('again'));
  sent.takeSentBefore(1_000, () => {});
  t.equal(sent.oldest, null);
});

t.test('those that are longer than something', async (t) => {
  const sent = new SentPackets();
  for (let n = 0; n < 1_000; n++) sent.add({ ...packet(n), bytes: 500 + n });
  const taken: number[] = [];
  sent.takeLarger(1_000, ({ packetNumber }) => taken.push(packetNumber));
  t.equal(taken.length, 499);
  t.equal(taken[0], 501);
  t.equal(sent.count, 501);
});

t.test('a million packets later it is still small and right', async (t) => {
  const sent = new SentPackets();
  for (let n = 0; n < 1_000_000; n++) {
    sent.add(packet(n));
    if (n >= 100) sent.take([{ first: n - 100, last: n - 100 }], () => {});
  }
  t.equal(sent.count, 100);
  t.equal(sent.oldest?.packetNumber, 999_900);
});
