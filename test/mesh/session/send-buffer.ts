import fc from 'fast-check';
import t from 'tap';
import { PIECE_BYTES, PiecePool } from '../../../mesh/session/piece-pool.ts';
import { SendBuffer } from '../../../mesh/session/send-buffer.ts';
import { SeededRandom } from '../../fixtures/sim/seeded-random.ts';
import { seededBytes } from '../../fixtures/wire/seeded-bytes.ts';

t.test('every byte arrives over any losses, repetitions and sizes', async (t) => {
  const source = seededBytes(5, 20_000);
  const property = fc.property(
    fc.nat(),
    fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 30 }),
    (seed, sizes) => {
      const random = new SeededRandom(seed);
      const buffer = new SendBuffer();
      const out = new Uint8Array(source.length);
      let written = 0;
      for (const size of sizes) {
        buffer.write(source.subarray(written, Math.min(source.length, written + size)));
        written = Math.min(source.length, written + size);
      }
      const inFlight: { offset: number; bytes: number }[] = [];
      for (let turn = 0; !buffer.isAllAcknowledged; turn++) {
        if (turn > 5_000) return false;
        const next = buffer.peek(random.integer(1, 1_500), Infinity);
        if (next !== null && random.next() < 0.7) {
          if (next.offset !== buffer.firstOffset && buffer.hasLost) return false;
          buffer.copyInto(out, next.offset, next.offset, next.bytes);
          buffer.sent(next.offset, next.bytes);
          inFlight.push(next);
        } else if (inFlight.length > 0) {
          const index = random.integer(0, inFlight.length - 1);
          const { offset, bytes } = inFlight[index]!;
          if (random.next() < 0.3) buffer.lose(offset, bytes);
          else buffer.acknowledge(offset, bytes);
          // Now and then one is lost and acknowledged.
          if (random.next() < 0.8) inFlight.splice(index, 1);
        }
      }
      if (buffer.cachedBytes !== 0 || buffer.unsentBytes !== 0 || buffer.hasLost) return false;
      return Buffer.compare(out.subarray(0, written), source.subarray(0, written)) === 0;
    },
  );
  t.doesNotThrow(() => fc.assert(property, { seed: 7, numRuns: 300 }));
});

t.test('credit holds new bytes back, not repairs', async (t) => {
  const buffer = new SendBuffer();
  buffer.write(new Uint8Array(1_000));
  t.same(buffer.peek(500, 300), { offset: 0, bytes: 300 });
  buffer.sent(0, 300);
  t.equal(buffer.peek(500, 300), null);
  buffer.lose(100, 50);
  t.same(buffer.peek(500, 0), { offset: 100, bytes: 50 });
  t.equal(buffer.firstOffset, 100);
  buffer.acknowledge(100, 50);
  t.notOk(buffer.hasLost, 'what was lost arrived after all');
  t.equal(buffer.firstOffset, 300);
});

t.test('what was acknowledged is not lost', async (t) => {
  const buffer = new SendBuffer();
  buffer.write(new Uint8Array(100));
  buffer.sent(0, 100);
  buffer.acknowledge(40, 20);
  buffer.acknowledge(0, 10);
  t.equal(buffer.cachedBytes, 90);
  buffer.lose(0, 100);
  t.same(buffer.peek(1_000, 0), { offset: 10, bytes: 30 });
  buffer.sent(10, 30);
  t.same(buffer.peek(1_000, 0), { offset: 60, bytes: 40 });
});

t.test('clearing forgets bytes, not offsets', async (t) => {
  const buffer = new SendBuffer();
  buffer.write(new Uint8Array(100));
  buffer.sent(0, 60);
  buffer.lose(0, 20);
  buffer.clear();
  t.equal(buffer.nextOffset, 60);
  t.equal(buffer.endOffset, 60);
  t.equal(buffer.cachedBytes, 0);
  t.equal(buffer.peek(100, Infinity), null);
});

t.test('a long stream of small chunks keeps few of them', async (t) => {
  const buffer = new SendBuffer();
  const out = new Uint8Array(10);
  for (let at = 0; at < 100_000; at += 10) {
    buffer.write(Uint8Array.of(at, at >> 8, 0, 0, 0, 0, 0, 0, 0, 9));
    const next = buffer.peek(10, Infinity)!;
    buffer.copyInto(out, 0, next.offset, next.bytes);
    if (out[0] !== (at & 255) || out[9] !== 9) t.fail(`wrong bytes at ${at}`);
    buffer.sent(next.offset, next.bytes);
    buffer.acknowledge(at, 10);
  }
  t.equal(buffer.cachedBytes, 0);
  t.equal(buffer.endOffset, 100_000);
});

t.test('what was lent may change at once, and its copies are used again', async (t) => {
  const source = seededBytes(9, 3 * PIECE_BYTES + 5);
  for (const bytes of [0, 1, 16_383, 16_384, PIECE_BYTES, PIECE_BYTES + 1, source.length]) {
    const pool = new PiecePool();
    const buffer = new SendBuffer();
    const lent = Buffer.from(source.subarray(0, bytes));
    buffer.write(lent, pool);
    lent.fill(0);
    t.equal(buffer.unsentBytes, bytes);
    const out = new Uint8Array(bytes);
    buffer.copyInto(out, 0, 0, bytes);
    t.same(out, source.subarray(0, bytes), `${bytes} bytes`);
    buffer.sent(0, bytes);
    t.equal(pool.idleCount, 0, 'nothing is used again before it has arrived');
    buffer.acknowledge(0, bytes);
    const fullPieces = Math.floor(bytes / PIECE_BYTES) + (bytes % PIECE_BYTES >= 16_384 ? 1 : 0);
    t.equal(pool.idleCount, fullPieces, `${bytes} bytes leave ${fullPieces} pieces`);
  }
});

t.test('a direction that is given up lets go of its copies, and of nothing that is not its own', async (t) => {
  const pool = new PiecePool();
  const buffer = new SendBuffer();
  const foreign = pool.take();
  buffer.write(foreign);
  buffer.write(new Uint8Array(2 * PIECE_BYTES), pool);
  buffer.clear();
  t.equal(pool.idleCount, 2);
  t.not(pool.take().buffer, foreign.buffer);
  t.not(pool.take().buffer, foreign.buffer);
});
