import t from 'tap';
import { PIECE_BYTES, PiecePool } from '../../../mesh/session/piece-pool.ts';

await t.test('a piece that was given back is used again, whole', async (t) => {
  const pool = new PiecePool();
  const piece = pool.take();
  t.equal(piece.length, PIECE_BYTES);
  pool.giveBack(piece.subarray(0, 10));
  const again = pool.take();
  t.equal(again.buffer, piece.buffer);
  t.equal(again.length, PIECE_BYTES);
});

await t.test('nobody gets a piece that somebody else has', async (t) => {
  const pool = new PiecePool();
  const piece = pool.take();
  pool.giveBack(piece);
  pool.giveBack(piece.subarray(5));
  t.equal(pool.idleCount, 1);
  t.not(pool.take().buffer, pool.take().buffer);
});

await t.test('only its own pieces come back', async (t) => {
  const pool = new PiecePool();
  pool.giveBack(new Uint8Array(PIECE_BYTES));
  pool.giveBack(new PiecePool().take());
  pool.giveBack(Buffer.from('a small one, of a slab that others share'));
  t.equal(pool.idleCount, 0);
});

await t.test('it keeps four megabytes at most, and nothing once it is cleared', async (t) => {
  const pool = new PiecePool();
  const pieces = Array.from({ length: 100 }, () => pool.take());
  for (const piece of pieces) pool.giveBack(piece);
  t.ok(pool.idleCount > 0 && pool.idleCount * PIECE_BYTES <= 4_194_304);
  pool.clear();
  t.equal(pool.idleCount, 0);
});
