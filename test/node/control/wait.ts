import t from 'tap';
import { wait } from '../../../node/control/wait.ts';

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

t.test('ends by itself, or with the signal, and leaves no timer', async (t) => {
  const before = timers();
  await wait(1, new AbortController().signal);
  const stop = new AbortController();
  const waiting = wait(3_600_000, stop.signal);
  t.ok(timers() > before);
  stop.abort();
  await waiting;
  await wait(3_600_000, stop.signal);
  t.equal(timers(), before);
});
