import fc from 'fast-check';
import t from 'tap';
import { MAX_PACKET_NUMBER } from '../../../mesh/wire/header.ts';
import { ReplayWindow } from '../../../mesh/wire/replay-window.ts';

/** What a window is: everything marked, for ever, and the largest. */
class Model {
  readonly #seen = new Set<number>();
  readonly #bits: number;
  largest = -1;

  constructor(bits: number) {
    this.#bits = bits;
  }

  isNew(number: number): boolean {
    return number > this.largest - this.#bits && !this.#seen.has(number);
  }

  mark(number: number): void {
    this.#seen.add(number);
    this.largest = Math.max(this.largest, number);
  }
}

/** Compares after every mark, at the number itself and around all edges. */
function agrees(bits: number, numbers: readonly number[]): boolean {
  const window = new ReplayWindow(bits);
  const model = new Model(bits);
  for (const number of numbers) {
    if (window.isNew(number) !== model.isNew(number)) return false;
    window.mark(number);
    model.mark(number);
    if (window.largest !== model.largest || window.isNew(number)) return false;
    for (const edge of [number, model.largest, model.largest - bits, model.largest - bits / 2]) {
      for (let probe = Math.max(0, edge - 34); probe <= edge + 34; probe++) {
        if (window.isNew(probe) !== model.isNew(probe)) return false;
      }
    }
  }
  return true;
}

const steps = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: -100, max: 100 }),
  fc.integer({ min: -9000, max: 9000 }),
  fc.integer({ min: 0, max: 2 ** 40 }),
);

for (const bits of [64, 8192]) {
  t.test(`${bits} bits do what a set of all numbers does`, async () => {
    const property = fc.property(fc.maxSafeNat(), fc.array(steps, { maxLength: 40 }), (start, deltas) => {
      let at = start % (MAX_PACKET_NUMBER + 1);
      const numbers = deltas.map((delta) => (at = Math.min(MAX_PACKET_NUMBER, Math.max(0, at + delta))));
      return agrees(bits, numbers);
    });
    fc.assert(property, { seed: 2, numRuns: 200 });
    fc.assert(
      fc.property(fc.array(fc.nat(3 * bits), { maxLength: 40 }), (numbers) => agrees(bits, numbers)),
      { seed: 3, numRuns: 200 },
    );
  });

  t.test(`${bits} bits: in order, backwards, and again`, async (t) => {
    const window = new ReplayWindow(bits);
    const count = bits + 40;
    for (let number = 0; number < count; number++) {
      if (!window.isNew(number)) t.fail(`${number} is new`);
      window.mark(number);
    }
    for (let number = 0; number < count; number++) if (window.isNew(number)) t.fail(`${number} was seen`);
    t.equal(window.largest, count - 1);

    const backwards = new ReplayWindow(bits);
    backwards.mark(count - 1);
    const accepted: number[] = [];
    for (let number = count - 2; number >= 0; number--) {
      if (backwards.isNew(number)) accepted.push(number);
      backwards.mark(number);
    }
    t.equal(accepted.length, bits - 1, 'the largest and the others in the window');
    t.equal(accepted.at(-1), count - bits);
  });
}

t.test('asking changes nothing', async (t) => {
  const window = new ReplayWindow(64);
  t.equal(window.largest, -1);
  t.equal(window.isNew(0), true);
  t.equal(window.isNew(1000), true);
  t.equal(window.isNew(0), true);
  t.equal(window.largest, -1);
});

t.test('a jump to the largest number and a mark too old to matter', async (t) => {
  const window = new ReplayWindow();
  window.mark(5);
  window.mark(MAX_PACKET_NUMBER);
  t.equal(window.isNew(5), false, 'out of the window');
  t.equal(window.isNew(MAX_PACKET_NUMBER - 8191), true);
  t.equal(window.isNew(MAX_PACKET_NUMBER - 8192), false);
  window.mark(7);
  t.equal(window.largest, MAX_PACKET_NUMBER);
  for (let back = 1; back < 8192; back++) if (!window.isNew(MAX_PACKET_NUMBER - back)) t.fail(`${back} back is new`);
});

t.test('a size that is no multiple of 32 is refused', async (t) => {
  for (const bits of [0, -32, 31, 100]) t.throws(() => new ReplayWindow(bits), RangeError);
});
