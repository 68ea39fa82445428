import t from 'tap';
import { SimClocks } from './fixtures/sim/sim-clocks.ts';

t.test('a monotonic clock stands still in a sleep or runs on; the wall clock runs, and is set', async (t) => {
  const queue = { nowMs: 0 };
  const clocks = new SimClocks(queue, 500);
  t.same([clocks.nowMs, clocks.wallMs, clocks.dueAtMs(70)], [0, 1_800_000_000_500, 70]);
  queue.nowMs = 100;
  clocks.sleep();
  t.ok(clocks.isAsleep);
  t.equal(clocks.dueAtMs(70), Infinity, 'no timer goes off');
  queue.nowMs = 1_100;
  clocks.wakeUp('stood');
  t.notOk(clocks.isAsleep);
  t.same([clocks.nowMs, clocks.wallMs, clocks.dueAtMs(170)], [100, 1_800_000_001_600, 1_170]);
  clocks.sleep();
  queue.nowMs = 2_100;
  clocks.wakeUp('ran');
  t.equal(clocks.nowMs, 1_100);
  clocks.setWall(-2_000);
  t.same([clocks.nowMs, clocks.wallMs], [1_100, 1_800_000_000_600]);
});
