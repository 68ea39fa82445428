import t from 'tap';
import { timersOf } from '../../node/timers.ts';

t.test('a timer fires once, or not at all once it was taken back', async (t) => {
  const timers = timersOf({ nowMs: () => 5, wallMs: () => 0 });
  t.equal(timers.nowMs(), 5);
  let fired = 0;
  const cancel = timers.after(0, () => fired++);
  cancel();
  cancel();
  await new Promise<void>((resolve) => timers.after(2, resolve));
  t.equal(fired, 0);
});
