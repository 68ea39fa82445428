import t from 'tap';
import { equalBytes } from '../../../node/sodium/equal-bytes.ts';

t.test('the same bytes are equal, whatever memory they stand in', async (t) => {
  for (const length of [0, 1, 16, 32, 33]) {
    const bytes = Uint8Array.from({ length }, (_, index) => index * 7);
    t.ok(equalBytes(bytes, bytes));
    t.ok(equalBytes(bytes, Buffer.concat([Uint8Array.of(1), bytes, Uint8Array.of(2)]).subarray(1, 1 + length)));
  }
});

t.test('any bit that differs shows', async (t) => {
  const bytes = new Uint8Array(16).fill(0xa5);
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const other = bytes.slice();
    other[bit >> 3]! ^= 1 << (bit & 7);
    t.notOk(equalBytes(bytes, other), `bit ${bit}`);
    t.notOk(equalBytes(other, bytes), `bit ${bit}`);
  }
});

t.test('so does another length', async (t) => {
  t.notOk(equalBytes(new Uint8Array(16), new Uint8Array(15)));
  t.notOk(equalBytes(new Uint8Array(0), new Uint8Array(1)));
});
