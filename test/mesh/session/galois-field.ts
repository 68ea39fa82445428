import t from 'tap';
import { addScaled, divide, multiply, scale } from '../../../mesh/session/galois-field.ts';

/** By the book: shift and add modulo 0x11d. */
function product(a: number, b: number): number {
  let sum = 0;
  for (let bit = 0, term = a; bit < 8; bit++) {
    if ((b >> bit) & 1) sum ^= term;
    term = term < 128 ? term << 1 : (term << 1) ^ 0x11d;
  }
  return sum;
}

t.test('products and quotients are those of the field', async (t) => {
  let wrong = 0;
  for (let a = 0; a < 256; a++) {
    for (let b = 0; b < 256; b++) {
      if (multiply(a, b) !== product(a, b)) wrong++;
      if (b !== 0 && divide(product(a, b), b) !== a) wrong++;
    }
  }
  t.equal(wrong, 0);
});

t.test('bytes are scaled and added one by one', async (t) => {
  const source = Uint8Array.from({ length: 256 }, (_, value) => value);
  const words = new Uint8Array(260).fill(7);
  addScaled(words, 4, source.subarray(0, 255), 1);
  t.same(
    [...words.subarray(0, 260)],
    [7, 7, 7, 7, ...[...source.subarray(0, 255)].map((value) => value ^ 7), 7],
    'words',
  );
  for (const factor of [0, 1, 2, 0x8e, 255]) {
    const target = new Uint8Array(260).fill(7);
    addScaled(target, 3, source, factor);
    t.same(
      [...target.subarray(3, 259)],
      [...source].map((value) => product(value, factor) ^ 7),
    );
    t.same([target[2], target[259]], [7, 7]);
    const scaled = source.slice();
    scale(scaled, factor);
    t.same(
      [...scaled],
      [...source].map((value) => product(value, factor)),
    );
  }
});
