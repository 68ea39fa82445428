import fc from 'fast-check';
import t from 'tap';
import { inEighths, isAsStamped, TimeExchanges, type TimeFrame } from '../../../mesh/timing/time-exchanges.ts';
import { aheadMs, roundTripMs } from '../../../mesh/timing/time-exchange.ts';

const WALL_MS = 1_800_000_000_000;

interface Answer {
  readonly ahead?: number;
  readonly thereMs?: number;
  readonly backMs?: number;
  readonly heldMs?: number;
}

/** Asks at that moment and lets an answer come; returns how many exchanges are kept. */
function exchange(exchanges: TimeExchanges, atMs: number, answer: Answer = {}): number {
  const { ahead = 90_000, thereMs = 10, backMs = 10, heldMs = 0 } = answer;
  const { sentMs } = exchanges.ask(atMs, WALL_MS + atMs);
  const leftMs = WALL_MS + atMs + thereMs + heldMs + ahead;
  exchanges.answered(frame(sentMs, leftMs, heldMs), Math.floor(leftMs / 4) * 4, [], atMs + thereMs + heldMs + backMs);
  return exchanges.all.length;
}

function frame(askedMs: number, sentMs: number, heldMs = 0): TimeFrame {
  return { type: 'time', sentMs, answer: { askedMs, heldMs, relay1Tick: 255, relay2Tick: 255 } };
}

t.test('the last eight, of which those with the least round trip count', async (t) => {
  const exchanges = new TimeExchanges();
  t.same(exchanges.best(0), []);
  for (const [index, backMs] of [80, 10, 10.5, 30, 10.2, 12, 70, 60, 55, 40].entries()) {
    exchange(exchanges, index * 200, { backMs });
  }
  t.equal(exchanges.all.length, 8);
  const best = exchanges.best(2_000).map(roundTripMs);
  t.same(best.length, 2, 'those of 10 and 80 are too old');
  t.ok(best.every((ms) => ms > 20 && ms < 21));
  t.ok(exchanges.best(2_000).every((one) => Math.abs(aheadMs(one) - WALL_MS - 90_000) < 0.4));
});

t.test('one that waited less counts until clocks may have parted more', async (t) => {
  const exchanges = new TimeExchanges();
  exchange(exchanges, 0, { thereMs: 10, backMs: 10 });
  exchange(exchanges, 60_000, { thereMs: 30, backMs: 10 });
  t.equal(roundTripMs(exchanges.best(61_000)[0]!), 20);
  exchange(exchanges, 200_000, { thereMs: 30, backMs: 10 });
  t.equal(roundTripMs(exchanges.best(201_000)[0]!), 40);
});

t.test('a clock that was set ends what was known before', async (t) => {
  const exchanges = new TimeExchanges();
  for (let index = 0; index < 5; index++) exchange(exchanges, index * 100);
  t.equal(exchange(exchanges, 1_000, { ahead: 90_015 }), 6, 'a little is uneven, or drift');
  t.equal(exchange(exchanges, 2_000, { ahead: 150_000 }), 1);
  t.equal(exchange(exchanges, 3_000, { ahead: 150_000 }), 2);
});

t.test('answers to nothing, twice, or to what was asked long ago', async (t) => {
  const exchanges = new TimeExchanges();
  const asked = Array.from({ length: 9 }, (_, index) => exchanges.ask(index, WALL_MS + index).sentMs);
  const leftMs = WALL_MS + 20;
  const answer = (askedMs: number): number => {
    exchanges.answered(frame(askedMs, leftMs), leftMs, [], 40);
    return exchanges.all.length;
  };
  t.equal(answer(WALL_MS + 0.5), 0);
  t.equal(answer(asked[0]!), 0);
  t.equal(answer(asked[1]!), 1);
  t.equal(answer(asked[1]!), 1);
  exchanges.answered({ type: 'time', sentMs: leftMs, answer: null }, leftMs, [], 40);
  t.equal(exchanges.all.length, 1);
  exchanges.clear();
  t.equal(answer(asked[2]!), 0);
});

t.test(
  'answers that were held too long, waited after they were stamped, or came before they were asked for',
  async (t) => {
    t.equal(exchange(new TimeExchanges(), 0, { heldMs: 1_000 }), 1);
    t.equal(exchange(new TimeExchanges(), 0, { heldMs: 1_001 }), 0);
    t.equal(exchange(new TimeExchanges(), 0, { thereMs: -30, backMs: 10 }), 0);
    for (const [headerMs, isTaken] of [
      [0, true],
      [4, true],
      [8, false],
      [-4, false],
      [60_000, false],
    ] as const) {
      const exchanges = new TimeExchanges();
      const { sentMs } = exchanges.ask(0, WALL_MS);
      exchanges.answered(frame(sentMs, WALL_MS + 8.5), WALL_MS + 8 + headerMs, [], 20);
      t.equal(exchanges.all.length === 1, isTaken, `stamped ${headerMs} ms later`);
    }
  },
);

t.test('whatever comes, at most eight are kept, and none with a negative round trip', async () => {
  const number = fc.double({ min: 0, max: 2 ** 50, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number, number, fc.boolean()), { maxLength: 40 }), (all) => {
      const exchanges = new TimeExchanges();
      for (const [index, [sentMs, heldMs, askedMs, isAsked]] of all.entries()) {
        const question = exchanges.ask(index, WALL_MS + index);
        exchanges.answered(frame(isAsked ? question.sentMs : askedMs, sentMs, heldMs % 900), sentMs, [255], index + 5);
      }
      return exchanges.all.length <= 8 && exchanges.all.every((one) => roundTripMs(one) >= 0);
    }),
    { seed: 8 },
  );
});

t.test('eighths of a ms, none later than it is; a stamp and its header', async (t) => {
  t.equal(inEighths(1.999), 1.875);
  t.equal(inEighths(2), 2);
  t.ok(isAsStamped(1_003.875, 1_000));
  t.ok(isAsStamped(1_000, 1_004), 'sealed a moment later');
  t.notOk(isAsStamped(1_000, 1_008));
  t.notOk(isAsStamped(1_004.125, 1_000));
});
