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
    });
    for (let i = 0; i < 10; i++) saver.ask(1);
    t.equal(saves, 0);
  });
  t.equal(saves, 1);
});

t.test('saving at once takes what was asked for along', (t) => {
  let saves = 0;
  const before = timers();
  const saver = new Saver(() => saves++);
  saver.ask(60_000);
  saver.now();
  t.equal(saves, 1);
  t.equal(timers(), before, 'and leaves no timer');
  saver.ask(60_000);
  saver.cancel();
  saver.cancel();
  t.equal(timers(), before);
  t.equal(saves, 1);
  t.end();
});

t.test('the soonest asking counts, whatever came before and after it', async (t) => {
  const before = timers();
  let saves = 0;
  await new Promise<void>((resolve) => {
    const saver = new Saver(() => {
      saves++;
      resolve();
    });
    saver.ask(60_000);
    saver.ask(1);
    saver.ask(60_000);
    t.equal(timers(), before + 1);
  });
  t.equal(saves, 1);
  t.equal(timers(), before);
});
