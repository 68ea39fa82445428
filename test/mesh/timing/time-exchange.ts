import t from 'tap';
import { aheadMs, roundTripMs, type TimeExchange } from '../../../mesh/timing/time-exchange.ts';

const DAY_MS = 86_400_000;

/** An exchange with a clock that is ahead by so much, over a way of that length. */
function exchange(ahead: number, thereMs: number, backMs: number, heldMs: number): TimeExchange {
  const arrivedWallMs = 1_000 + thereMs + ahead;
  return {
    askedMs: 1_000,
    answeredMs: 1_000 + thereMs + heldMs + backMs,
    askedWallMs: 5 * DAY_MS,
    arrivedWallMs,
    leftWallMs: arrivedWallMs + heldMs,
    ticksThere: [],
    ticksBack: [],
  };
}

t.test('round trip and difference of the clocks, as NTP has them', async (t) => {
  for (const [ahead, thereMs, backMs, heldMs] of [
    [0, 10, 10, 0],
    [DAY_MS, 10, 10, 5],
    [-DAY_MS, 40, 40, 900],
    [3, 30, 10, 1],
  ] as const) {
    const one = exchange(ahead, thereMs, backMs, heldMs);
    t.equal(roundTripMs(one), thereMs + backMs);
    t.equal(aheadMs(one), ahead + (thereMs - backMs) / 2, 'half of what a way is uneven is taken for the clock');
  }
});
