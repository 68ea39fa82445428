import t from 'tap';
import { systemClock } from '../../node/clock.ts';

t.test('two clocks: one that never goes back, one that knows the year', (t) => {
  const first = systemClock.nowMs();
  t.ok(systemClock.nowMs() >= first);
  t.ok(systemClock.wallMs() > Date.UTC(2026, 0, 1));
  t.ok(first < systemClock.wallMs(), 'they start at different moments');
  t.end();
});
