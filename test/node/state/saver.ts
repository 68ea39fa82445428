import t from 'tap';
import { Saver } from '../../../node/state/saver.ts';

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

t.test('many askings are one save', async (t) => {
  let saves = 0;
  await new Promise<void>((resolve) => {
    const saver = new Saver(() => {
      saves++;
      resolve();
    }, 1);
    for (let i = 0; i < 10; i++) saver.ask();
    t.equal(saves, 0);
  });
  t.equal(saves, 1);
});

t.test('saving at once takes what was asked for along', (t) => {
  let saves = 0;
  const before = timers();
  const saver = new Saver(() => saves++, 60_000);
  saver.ask();
  saver.now();
  t.equal(saves, 1);
  t.equal(timers(), before, 'and leaves no timer');
  saver.ask();
  saver.cancel();
  saver.cancel();
  t.equal(timers(), before);
  t.equal(saves, 1);
  t.end();
});
