import t from 'tap';
import { Drainer } from '../../node/drainer.ts';
import { VirtualScheduler } from '../socks/fixtures/schedulers.ts';

const WALL_MS = Date.UTC(2026, 0, 1);

function setup() {
  const scheduler = new VirtualScheduler();
  const said: string[] = [];
  const drainer = new Drainer({
    setDraining: (draining) =>
      said.push(
        draining === null
          ? 'stays'
          : `leaves at ${draining.leavesAtS === null ? '?' : draining.leavesAtS - WALL_MS / 1_000}`,
      ),
    leave: () => said.push('leave'),
    scheduler,
    wallMs: () => WALL_MS + 999,
  });
  return { drainer, scheduler, said };
}

t.test('draining has no end by itself, unless it was told one', async (t) => {
  const { drainer, scheduler, said } = setup();
  drainer.start({ stopAfterS: null, backInS: null });
  scheduler.advance(86_400_000);
  t.same(said, ['leaves at ?']);
  t.equal(scheduler.armed, 0);
  drainer.start({ stopAfterS: 60, backInS: 300 });
  t.equal(drainer.backInS, 300);
  scheduler.advance(59_999);
  t.same(said, ['leaves at ?', 'leaves at 60']);
  scheduler.advance(1);
  t.same(said, ['leaves at ?', 'leaves at 60', 'leave']);
});

t.test('other times replace those before', async (t) => {
  const { drainer, scheduler, said } = setup();
  drainer.start({ stopAfterS: 10, backInS: 300 });
  drainer.start({ stopAfterS: 100, backInS: null });
  t.equal(drainer.backInS, null);
  scheduler.advance(99_999);
  t.same(said, ['leaves at 10', 'leaves at 100']);
  scheduler.advance(1);
  t.equal(said.at(-1), 'leave');
});

t.test('taken back or closed, nothing happens any more', async (t) => {
  const { drainer, scheduler, said } = setup();
  drainer.start({ stopAfterS: 10, backInS: 300 });
  drainer.takeBack();
  t.equal(drainer.backInS, null);
  drainer.start({ stopAfterS: 10, backInS: 300 });
  drainer.close();
  drainer.close();
  t.equal(drainer.backInS, 300, 'what was said stays said');
  scheduler.advance(100_000);
  t.same(said, ['leaves at 10', 'stays', 'leaves at 10']);
});
