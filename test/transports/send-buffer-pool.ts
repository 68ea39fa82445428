import fc from 'fast-check';
import t from 'tap';
import { SendBufferPool } from '../../transports/send-buffer-pool.ts';

t.test('lends at least what is asked for', async (t) => {
  const pool = new SendBufferPool();
  for (const [bytes, lent] of [
    [0, 2_048],
    [1, 2_048],
    [2_048, 2_048],
    [2_049, 16_384],
    [16_384, 16_384],
    [16_385, 66_560],
    [65_854, 66_560],
    [66_561, 66_561],
  ] as const) {
    t.equal(pool.take(bytes).length, lent);
  }
});

t.test('a buffer given back is lent again, to one at a time', async (t) => {
  const pool = new SendBufferPool();
  const buffer = pool.take(1_232);
  t.not(pool.take(1_232), buffer);
  pool.give(buffer);
  t.equal(pool.idleBytes, 2_048);
  t.not(pool.take(10_000), buffer, 'another size');
  t.equal(pool.take(100), buffer);
  t.equal(pool.idleBytes, 0);
  t.not(pool.take(100), buffer);
});

t.test('odd sizes are not kept', async (t) => {
  const pool = new SendBufferPool();
  pool.give(pool.take(100_000));
  pool.give(new Uint8Array(100));
  t.equal(pool.idleBytes, 0);
});

t.test('what it keeps is bounded', async (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 70_000 })), { maxLength: 200 }),
      fc.integer({ min: 0, max: 200_000 }),
      (steps, maxIdleBytes) => {
        const pool = new SendBufferPool(maxIdleBytes);
        const lent = new Set<Uint8Array>();
        for (const [take, bytes] of steps) {
          if (take) {
            const buffer = pool.take(bytes);
            if (buffer.length < bytes || lent.has(buffer)) return false;
            lent.add(buffer);
          } else {
            for (const buffer of lent) {
              lent.delete(buffer);
              pool.give(buffer);
              break;
            }
          }
          if (pool.idleBytes < 0 || pool.idleBytes > maxIdleBytes) return false;
        }
        return true;
      },
    ),
    { seed: 7 },
  );
  t.pass('in every order of taking and giving');
});
