import { mock } from 'node:test';
import t from 'tap';
import { ProcessDriver, type DrivenMesh } from '../../node/process-driver.ts';

/** A mesh that writes down how it is called; it wants nothing more after each tick. */
class RecordingMesh implements DrivenMesh {
  wakeAtMs = Infinity;
  onWakeChanged = (): void => {};
  hasStreams = false;
  readonly calls: string[] = [];
  tick(nowMs: number): void {
    this.calls.push(`tick ${Math.round(nowMs)}`);
    this.wakeAtMs = Infinity;
  }
  wokeUp(nowMs: number, wallMs: number): void {
    this.calls.push(`woke up ${Math.round(nowMs)} ${Math.round(wallMs)}`);
  }
  wasLate(lateMs: number): void {
    if (lateMs > 0) this.calls.push(`late ${Math.round(lateMs)}`);
  }
  awaitsStreams(): boolean {
    return this.hasStreams;
  }
  setWallClock(nowMs: number, wallMs: number): void {
    this.calls.push(`wall ${Math.round(nowMs)} ${Math.round(wallMs)}`);
  }
}

/** A clock that stands until it is moved. */
class HeldClock {
  now = 1_000;
  wall = 1_700_000_000_000;
  readonly nowMs = (): number => this.now;
  readonly wallMs = (): number => this.wall;
  pass(ms: number): void {
    this.now += ms;
    this.wall += ms;
  }
}

function drive(): { mesh: RecordingMesh; clock: HeldClock; driver: ProcessDriver; settled: Promise<void> } {
  const mesh = new RecordingMesh();
  const clock = new HeldClock();
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => (settle = resolve));
  return { mesh, clock, driver: new ProcessDriver(mesh, clock, () => settle()), settled };
}

/** How many timers and immediates of this process are pending. */
function pending(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate').length;
}

t.test('nothing outstanding arms nothing', (t) => {
  const before = pending();
  const { driver } = drive();
  driver.arm();
  t.equal(pending(), before);
  t.end();
});

t.test('what is due now runs after the current work, without a timer', async (t) => {
  const { mesh, driver, settled } = drive();
  mesh.wakeAtMs = 0;
  driver.arm();
  driver.arm();
  t.same(mesh.calls, [], 'never inside the call that armed it');
  await settled;
  t.same(mesh.calls, ['tick 1000'], 'once');
});

t.test('a wake-up in the future is one timer, moved only when it gets earlier', async (t) => {
  const before = pending();
  const { mesh, clock, driver, settled } = drive();
  mesh.wakeAtMs = 1_500;
  driver.arm();
  t.equal(pending(), before + 1);
  mesh.wakeAtMs = 90_000;
  driver.arm();
  t.equal(pending(), before + 1, 'a later one leaves the timer where it is');
  mesh.wakeAtMs = 1_002;
  mesh.onWakeChanged();
  t.equal(pending(), before + 1, 'an earlier one replaces it');
  clock.pass(2);
  await settled;
  t.same(mesh.calls, ['tick 1002']);
  t.equal(pending(), before, 'and nothing is left');
});

t.test('a timer that fires before anything is due does not tick', async (t) => {
  const { mesh, driver, settled } = drive();
  mesh.wakeAtMs = 1_002;
  driver.arm();
  await settled;
  t.same(mesh.calls, [], 'the held clock has not moved');
  driver.stop();
});

t.test('a wall clock that runs ahead by more than two seconds was a sleep', (t) => {
  const { mesh, clock, driver } = drive();
  clock.pass(60_000);
  t.equal(driver.nowMs(), 61_000);
  t.same(mesh.calls, []);
  clock.wall += 2_001;
  driver.nowMs();
  driver.nowMs();
  t.same(mesh.calls, [`woke up 61000 ${1_700_000_062_001}`], 'said once');
  t.end();
});

t.test('a small step of the wall clock is passed on as one', (t) => {
  const { mesh, clock, driver } = drive();
  clock.wall -= 500;
  driver.nowMs();
  clock.wall += 3;
  driver.nowMs();
  t.same(mesh.calls, [`wall 1000 ${1_700_000_000_000 - 500}`]);
  t.end();
});

t.test('a timer that is more than two seconds late was a sleep, told before the tick', async (t) => {
  const { mesh, clock, driver, settled } = drive();
  mesh.wakeAtMs = 1_002;
  driver.arm();
  clock.pass(2_003);
  await settled;
  t.same(mesh.calls, [`woke up 3003 ${1_700_000_002_003}`, 'tick 3003']);
});

t.test('a timer that is late because there is much to do is told before the tick', async (t) => {
  const { mesh, clock, driver, settled } = drive();
  mesh.wakeAtMs = 1_002;
  driver.arm();
  clock.pass(152);
  await settled;
  t.same(mesh.calls, ['late 150', 'tick 1152']);
});

t.test(
  'what came while the process was stopped is dealt with before its timer: the mesh hears of the stop first',
  async (t) => {
    const { mesh, clock, driver, settled } = drive();
    mesh.wakeAtMs = 1_500;
    driver.arm();
    clock.pass(90_000);
    t.equal(driver.nowMs(), 91_000);
    driver.nowMs();
    t.same(mesh.calls, [`woke up 91000 ${1_700_000_090_000}`], 'once');
    driver.arm();
    await settled;
    t.same(mesh.calls.slice(1), ['tick 91000']);
  },
);

t.test('a stop before what was due at once is noticed, too', async (t) => {
  const { mesh, clock, driver, settled } = drive();
  mesh.wakeAtMs = 0;
  driver.arm();
  clock.pass(90_000);
  await settled;
  t.same(mesh.calls, [`woke up 91000 ${1_700_000_090_000}`, 'tick 91000']);
});

t.test(
  'a suspend in which timers stood still is noticed within seconds, where somebody waits on a stream',
  async (t) => {
    for (const hasStreams of [true, false]) {
      mock.timers.enable({ apis: ['setTimeout'] });
      t.teardown(() => mock.timers.reset());
      const { mesh, clock, driver } = drive();
      const run = (seconds: number): void => {
        for (let second = 0; second < seconds; second++) {
          clock.pass(1_000);
          mock.timers.tick(1_000);
        }
      };
      mesh.hasStreams = hasStreams;
      mesh.wakeAtMs = 111_000;
      driver.arm();
      run(33);
      t.same(mesh.calls, [], 'the looks at the clocks do not tick');
      clock.wall += 3_600_000;
      run(5);
      t.equal(mesh.calls.length, hasStreams ? 1 : 0, mesh.calls.join());
      run(71);
      t.equal(mesh.calls.length, hasStreams ? 1 : 0, 'once');
      run(1);
      t.match(mesh.calls.at(-1), /^tick 111000$/, 'and it is called when it wanted to be');
      t.equal(mesh.calls.length, 2);
      mock.timers.reset();
    }
  },
);

t.test('nothing outstanding arms nothing, whoever waits', (t) => {
  const before = pending();
  const { mesh, driver } = drive();
  mesh.hasStreams = true;
  driver.arm();
  t.equal(pending(), before);
  t.end();
});

t.test('a stopped driver calls nothing and holds nothing', (t) => {
  const before = pending();
  const { mesh, driver } = drive();
  mesh.wakeAtMs = 1_500;
  driver.arm();
  driver.stop();
  driver.arm();
  mesh.onWakeChanged();
  t.equal(pending(), before);
  t.end();
});
