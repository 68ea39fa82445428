import t from 'tap';
import { TICK_CYCLE_MS, tickOf, ticksAfter, timeSecondsOf } from '../../../mesh/wire/mesh-time.ts';

t.test('a wall clock in seconds and 4 ms ticks', async (t) => {
  for (const [wallMs, timeSeconds, tick] of [
    [0, 0, 0],
    [3, 0, 0],
    [4, 0, 1],
    [999, 0, 249],
    [1000, 1, 0],
    [1_700_000_000_123.7, 1_700_000_000, 30],
    [4_294_967_295_999, 0xffff_ffff, 249],
    [4_294_967_296_000, 0, 0],
  ] as const) {
    t.equal(timeSecondsOf(wallMs), timeSeconds, `${wallMs} ms`);
    t.equal(tickOf(wallMs), tick, `${wallMs} ms`);
  }
});

t.test('ticks after the origin: 0 to 254, and again, wherever the clocks stand', async (t) => {
  const originMs = 1_700_000_000_996;
  const timeSeconds = timeSecondsOf(originMs);
  const tick = tickOf(originMs);
  for (const [laterMs, ticks] of [
    [0, 0],
    [3, 0],
    [4, 1],
    [100, 25],
    [254 * 4 + 3, 254],
    [TICK_CYCLE_MS, 0],
    [TICK_CYCLE_MS * 3 + 8, 2],
    [-1, 254],
    [-TICK_CYCLE_MS, 0],
    [-TICK_CYCLE_MS - 4, 254],
    [3_600_000, (3_600_000 / 4) % 255],
    [-3_600_000, 255 - ((3_600_000 / 4) % 255)],
  ] as const) {
    t.equal(ticksAfter(timeSeconds, tick, originMs + laterMs), ticks, `${laterMs} ms later`);
  }
});
