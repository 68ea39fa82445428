import t from 'tap';
import { MAX_PARITY_MEMBERS, MAX_PARITY_ROWS, parityFactor, parityRows } from '../../../mesh/session/parity-code.ts';

t.test('row 0 is an XOR, and no factor is 0', async (t) => {
  for (let index = 0; index < MAX_PARITY_MEMBERS; index++) {
    t.equal(parityFactor(0, index), 1);
    for (let row = 1; row < MAX_PARITY_ROWS; row++) t.not(parityFactor(row, index), 0);
  }
});

t.test('the golden factors of PROTOCOL section 4', async (t) => {
  const rows = [1, 5].map((row) => [0, 1, 19].map((index) => parityFactor(row, index)));
  t.same(rows, FACTORS);
});

const FACTORS = [
  [0x9c, 0xac, 0x54],
  [0x39, 0xc8, 0x7b],
];

t.test('rows by group and loss', async (t) => {
  for (const [members, loss, rows] of [
    [1, 0.003, 1],
    [1, 0.05, 1],
    [1, 0.12, 2],
    [5, 0.01, 1],
    [20, 0.01, 2],
    [2, 0.05, 1],
    [5, 0.05, 2],
    [20, 0.05, 4],
    [20, 0.1, 6],
    [20, 1, 6],
  ] as const) {
    t.equal(parityRows(members, loss), rows, `${members} at ${loss}`);
  }
});
