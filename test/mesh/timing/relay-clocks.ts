import fc from 'fast-check';
import t from 'tap';
import { RelayClocks } from '../../../mesh/timing/relay-clocks.ts';
import { TICK_UNKNOWN } from '../../../mesh/wire/header.ts';
import { tickOf, ticksAfter, timeSecondsOf } from '../../../mesh/wire/mesh-time.ts';
import { nodeId } from '../../fixtures/wire/nodes.ts';

const RELAY = nodeId(9);
const NOW_MS = 1_800_000_000_000;

/** The tick of a relay whose clock is ahead by so much of the origin's, which it reads `afterMs` later. */
function tickOfRelay(originWallMs: number, aheadMs: number, afterMs: number): number {
  return ticksAfter(timeSecondsOf(originWallMs), tickOf(originWallMs), originWallMs + aheadMs + afterMs);
}

t.test('within half a tick of what its clock showed, wherever that stands', async () => {
  const clock = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(
      clock,
      clock,
      fc.double({ min: 0, max: 450, noNaN: true }),
      fc.double({ min: -50, max: 50, noNaN: true }),
      (originAheadMs, relayAheadMs, afterMs, wrongMs) => {
        const originWallMs = NOW_MS + originAheadMs;
        const tick = tickOfRelay(originWallMs, relayAheadMs - originAheadMs, afterMs);
        const clocks = new RelayClocks(new Map([[RELAY, relayAheadMs + wrongMs]]));
        const passedMs = clocks.passedMs(RELAY, originWallMs, tick, NOW_MS);
        return Math.abs(passedMs! - (NOW_MS + relayAheadMs + afterMs)) <= 2.001;
      },
    ),
    { seed: 7 },
  );
});

t.test('of a clock that nothing is known of, one message tells what the next ones are measured by', async (t) => {
  const clocks = new RelayClocks(new Map());
  const aheadMs = 7_654_321;
  const first = clocks.passedMs(RELAY, NOW_MS, tickOfRelay(NOW_MS, aheadMs, 10), NOW_MS)!;
  for (const [sentMs, afterMs] of [
    [NOW_MS + 5_000, 30],
    [NOW_MS + 90_001, 400],
    [NOW_MS + 90_002, 0],
  ] as const) {
    const passedMs = clocks.passedMs(RELAY, sentMs, tickOfRelay(sentMs, aheadMs, afterMs), sentMs)!;
    t.ok(Math.abs(passedMs - first - (sentMs + afterMs - NOW_MS - 10)) <= 4);
  }
});

t.test('a relay that did not tell', async (t) => {
  t.equal(new RelayClocks(new Map()).passedMs(RELAY, NOW_MS, TICK_UNKNOWN, NOW_MS), null);
});
