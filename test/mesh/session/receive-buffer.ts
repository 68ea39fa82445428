import fc from 'fast-check';
import t from 'tap';
import { ReceiveBuffer } from '../../../mesh/session/receive-buffer.ts';
import { PiecePool } from '../../../mesh/session/piece-pool.ts';
import { SegmentBudget } from '../../../mesh/session/segment-budget.ts';
import { seededBytes } from '../../fixtures/wire/seeded-bytes.ts';
import { ascii, join, toHex } from '../../fixtures/wire/hex.ts';

function readAll(buffer: ReceiveBuffer): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let piece = buffer.read(); piece !== null; piece = buffer.read()) pieces.push(piece);
  return join(...pieces);
}

t.test('puts any pieces in any order together, and copies them', async (t) => {
  const source = seededBytes(1, 3_000);
  const cut = fc.tuple(fc.nat(2_999), fc.integer({ min: 1, max: 400 }), fc.boolean());
  const property = fc.property(fc.array(cut, { maxLength: 60 }), (cuts) => {
    const budget = new SegmentBudget();
    const buffer = new ReceiveBuffer(budget, new PiecePool());
    const has = Array.from({ length: 3_000 }, () => false);
    let read = new Uint8Array(0);
    for (const [start, length, readsNow] of cuts) {
      const piece = source.slice(start, start + length);
      if (!buffer.receive(start, piece, false)) return false;
      piece.fill(0xdb);
      has.fill(true, start, Math.min(3_000, start + length));
      if (readsNow) read = join(read, readAll(buffer)) as Uint8Array<ArrayBuffer>;
      const missing = has.indexOf(false);
      const inOrder = missing < 0 ? 3_000 : missing;
      if (buffer.hasReadable !== read.length < inOrder) return false;
      if (buffer.highestOffset !== has.lastIndexOf(true) + 1) return false;
      if (budget.used !== buffer.waitingSegments) return false;
    }
    if (!buffer.receive(0, source.slice(), true)) return false;
    read = join(read, readAll(buffer)) as Uint8Array<ArrayBuffer>;
    return toHex(read) === toHex(source) && buffer.isEnded && buffer.waitingSegments === 0 && budget.used === 0;
  });
  t.doesNotThrow(() => fc.assert(property, { seed: 3, numRuns: 400 }));
});

t.test('a bulk transfer comes in pieces of 64 KB, a lone message in one of its size', async (t) => {
  const buffer = new ReceiveBuffer(new SegmentBudget(), new PiecePool());
  buffer.receive(0, new Uint8Array(100), false);
  t.equal(buffer.read()?.length, 100);
  for (let at = 100; at < 300_100; at += 1_000) buffer.receive(at, new Uint8Array(1_000), false);
  const lengths: number[] = [];
  for (let piece = buffer.read(); piece !== null; piece = buffer.read()) lengths.push(piece.length);
  t.same(lengths, [1_000, 65_536, 65_536, 65_536, 65_536, 36_856]);
});

t.test('what waits behind a gap grows into few runs', async (t) => {
  const budget = new SegmentBudget();
  const buffer = new ReceiveBuffer(budget, new PiecePool());
  const source = seededBytes(2, 500_000);
  for (let at = 500; at < source.length; at += 500) buffer.receive(at, source.subarray(at, at + 500), false);
  t.ok(buffer.waitingSegments < 12, `${buffer.waitingSegments} runs for 999 packets`);
  buffer.receive(0, source.subarray(0, 500), false);
  t.equal(Buffer.compare(readAll(buffer), source), 0);
  t.equal(budget.used, 0);
});

t.test('runs behind gaps are pieces of the pool, which get back there, and no more than 4 MB of them', async (t) => {
  const budget = new SegmentBudget();
  const pool = new PiecePool();
  const run = seededBytes(3, 40_000);
  const packet = run.subarray(0, 1_000);
  for (const isRead of [true, false]) {
    const buffers = Array.from({ length: 70 }, () => new ReceiveBuffer(budget, pool));
    for (const buffer of buffers) {
      for (let at = 0; at < run.length; at += 1_000) buffer.receive(1_000 + at, run.subarray(at, at + 1_000), false);
      buffer.receive(50_000, packet, false);
      buffer.receive(51_000, packet, false);
    }
    t.notOk(budget.takePiece(), 'all have been taken');
    t.equal(pool.idleCount, 0);
    for (const buffer of isRead ? buffers : []) {
      buffer.receive(0, packet, false);
      const pieces: Uint8Array[] = [];
      for (let piece = buffer.read(); piece !== null; piece = buffer.read()) pieces.push(piece);
      t.equal(Buffer.compare(join(...pieces), join(packet, run)), 0);
      for (const piece of pieces) pool.giveBack(piece);
    }
    for (const buffer of buffers) buffer.discard();
    t.equal(pool.idleCount, 64, 'more are not kept');
    let taken = 0;
    while (budget.takePiece()) taken++;
    t.equal(taken, 64);
    for (; taken > 0; taken--) budget.giveBackPiece();
    pool.clear();
    t.equal(budget.used, 0);
  }
});

t.test('every other byte alone: the count is bounded, and the gap can still be filled', async (t) => {
  const budget = new SegmentBudget();
  const buffer = new ReceiveBuffer(budget, new PiecePool());
  const one = Uint8Array.of(7);
  let taken = 0;
  while (buffer.receive(1 + 2 * taken, one, false)) taken++;
  t.equal(taken, 16_384);
  t.equal(budget.used, 16_384);
  t.ok(buffer.receive(0, one, false), 'what is in order needs no room');
  t.equal(readAll(buffer).length, 2);
  buffer.discard();
  t.equal(budget.used, 0);
});

t.test('many streams share one budget', async (t) => {
  const budget = new SegmentBudget();
  const one = Uint8Array.of(7);
  let taken = 0;
  for (let stream = 0; stream < 12; stream++) {
    const buffer = new ReceiveBuffer(budget, new PiecePool());
    for (let at = 1; buffer.receive(at, one, false); at += 2) taken++;
  }
  t.equal(taken, 131_072);
});

t.test('descending floods take no quadratic time', async (t) => {
  const buffer = new ReceiveBuffer(new SegmentBudget(), new PiecePool());
  const one = Uint8Array.of(7);
  for (let at = 32_767; at > 0; at -= 2) if (!buffer.receive(at, one, false)) t.fail('refused');
  t.equal(buffer.waitingSegments, 16_384);
});

t.test('the end is believed once', async (t) => {
  const abc = ascii('abc');
  for (const [what, first, second] of [
    ['bytes beyond it', [0, true], [1, false]],
    ['another one above', [0, true], [1, true]],
    ['another one below', [1, true], [0, true]],
    ['one below bytes that came', [1, false], [0, true]],
  ] as const) {
    const buffer = new ReceiveBuffer(new SegmentBudget(), new PiecePool());
    t.ok(buffer.receive(first[0], abc, first[1]), what);
    t.notOk(buffer.receive(second[0], abc, second[1]), what);
  }
  const buffer = new ReceiveBuffer(new SegmentBudget(), new PiecePool());
  t.ok(buffer.receive(0, abc, true));
  t.ok(buffer.receive(3, new Uint8Array(0), true), 'the same once more');
  t.ok(buffer.receive(1, abc.subarray(1), false));
  t.equal(buffer.finalOffset, 3);
  t.notOk(buffer.isEnded);
  readAll(buffer);
  t.ok(buffer.isEnded);
});

t.test('skipping keeps the books', async (t) => {
  const buffer = new ReceiveBuffer(new SegmentBudget(), new PiecePool());
  buffer.receive(0, ascii('abc'), false);
  buffer.discard();
  t.equal(buffer.read(), null);
  t.ok(buffer.skip(10, 5, false));
  t.equal(buffer.highestOffset, 15);
  t.notOk(buffer.skip(0, 14, true));
  t.ok(buffer.skip(0, 15, true));
  t.notOk(buffer.skip(15, 1, false));
  t.ok(buffer.isEnded);
});

t.test('few bytes hold no large piece, however they come', async (t) => {
  const pool = new PiecePool();
  const buffer = new ReceiveBuffer(new SegmentBudget(), pool);
  let heldBytes = 0;
  for (let at = 0; at < 40; at += 2) {
    // Two at a time look like a bulk transfer, and whoever reads them may not be rid of them for long.
    buffer.receive(at, ascii('a'), false);
    buffer.receive(at + 1, ascii('b'), false);
    for (let piece = buffer.read(); piece !== null; piece = buffer.read()) {
      t.equal(piece.length, 1);
      if (piece.buffer.byteLength > 8_192) heldBytes += piece.buffer.byteLength;
    }
  }
  t.equal(heldBytes, 0);
  t.equal(pool.idleCount, 1, 'one piece did for all');
});
