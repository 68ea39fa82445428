import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { fileSignature } from '../../../node/rules/file-signature.ts';
import { FileWatch, watchFolder } from '../../../node/rules/file-watch.ts';
import { ManualSchedule } from '../../fixtures/manual-schedule.ts';
import { stayAlive } from '../../fixtures/stay-alive.ts';

const now = (...paths: readonly string[]) => new Map(paths.map((path) => [path, fileSignature(path)]));

/** A watch whose timers go off when the test says so. */
function watching(t: Test, options: { readonly watchFolder?: typeof watchFolder } = {}) {
  stayAlive(t);
  const timers = new ManualSchedule();
  const changes = new EventEmitter();
  let count = 0;
  const watch = new FileWatch({
    scheduler: { nowMs: () => 0, after: timers.schedule },
    changed: async () => {
      count++;
      changes.emit('change');
    },
    ...options,
  });
  t.teardown(() => watch.close());
  return {
    watch,
    timers,
    count: () => count,
    /** Lets the files be looked at once an event has come; true where a change was told. */
    async look(set: number): Promise<boolean> {
      await timers.untilSet(set);
      const before = count;
      for (const timer of timers.pending) timer.fire();
      return count > before;
    },
    changed: () => once(changes, 'change'),
  };
}

t.test('a file that is written, replaced, removed and made again', async (t) => {
  const folder = t.testdir({ 'a.txt': 'a' });
  const file = join(folder, 'a.txt');
  const { watch, timers, look, count } = watching(t);
  watch.watch(now(file));
  t.equal(timers.timersSet, 0, 'nothing runs while nothing changes');
  const steps: readonly (() => void)[] = [
    () => writeFileSync(file, 'more'),
    () => {
      writeFileSync(join(folder, 'new.txt'), 'other');
      renameSync(join(folder, 'new.txt'), file);
    },
    () => rmSync(file),
    () => writeFileSync(file, 'again'),
  ];
  for (const step of steps) {
    const before = count();
    step();
    // One step can be several events, some of them late.
    while (count() === before) await look(timers.timersSet + 1 - timers.pending.length);
    watch.watch(now(file));
  }
  t.equal(count(), 4);
});

t.test('other files of the folder and repeated events are nothing', async (t) => {
  const folder = t.testdir({ 'a.txt': 'a' });
  const touched: ((name: string | null) => void)[] = [];
  const { watch, timers, count } = watching(t, {
    watchFolder: (_, touch) => {
      touched.push(touch);
      return () => {};
    },
  });
  watch.watch(now(join(folder, 'a.txt')));
  touched[0]!('b.txt');
  t.equal(timers.timersSet, 0);
  for (let i = 0; i < 5; i++) touched[0]!('a.txt');
  t.equal(timers.pending.length, 1, 'one look for all of them');
  t.equal(timers.pending[0]!.delayMs, 250);
  timers.pending[0]!.fire();
  t.equal(count(), 0, 'the file is what it was');
  touched.at(-1)!(null);
  t.equal(timers.pending.length, 1, 'an event without a name may be about it');
});

t.test('what changed before it was watched is told', async (t) => {
  const file = join(t.testdir({ 'a.txt': 'a' }), 'a.txt');
  const { watch, count } = watching(t);
  const before = now(file);
  writeFileSync(file, 'more');
  watch.watch(before);
  t.equal(count(), 1);
});

t.test('a change while one is being told is told after it, once', async (t) => {
  const file = join(t.testdir({ 'a.txt': 'a' }), 'a.txt');
  let release = (): void => {};
  let count = 0;
  const timers = new ManualSchedule();
  const watch: FileWatch = new FileWatch({
    scheduler: { nowMs: () => 0, after: timers.schedule },
    changed: () => {
      count++;
      return new Promise((resolve) => (release = resolve));
    },
  });
  t.teardown(() => watch.close());
  watch.watch(new Map([[file, 'other']]));
  t.equal(count, 1);
  watch.watch(new Map([[file, 'yet another']]));
  watch.watch(new Map([[file, 'and another']]));
  t.equal(count, 1);
  release();
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(count, 2);
  release();
  await new Promise((resolve) => setImmediate(resolve));
  t.equal(count, 2);
});

t.test('a folder that is not there yet is looked for now and then', async (t) => {
  const folder = join(t.testdir({}), 'lists');
  const file = join(folder, 'a.txt');
  const { watch, timers, count } = watching(t);
  watch.watch(now(file));
  t.equal(timers.pending[0]?.delayMs, 10_000);
  timers.pending[0]!.fire();
  t.equal(count(), 0);
  mkdirSync(folder);
  writeFileSync(file, 'a');
  timers.pending[0]!.fire();
  t.equal(count(), 1);
  t.equal(timers.pending.length, 0, 'from now on it is watched');
});

t.test('a watcher that fails is replaced by looking', async (t) => {
  const file = join(t.testdir({ 'a.txt': 'a' }), 'a.txt');
  const failures: (() => void)[] = [];
  const { watch, timers } = watching(t, {
    watchFolder: (_, __, failed) => {
      failures.push(failed);
      return () => {};
    },
  });
  watch.watch(now(file));
  failures[0]!();
  t.equal(timers.pending[0]?.delayMs, 10_000);
});

t.test('the file behind a symbolic link', async (t) => {
  const folder = t.testdir({ real: { 'a.txt': 'a' }, links: {} });
  const link = join(folder, 'links', 'a.txt');
  symlinkSync(join(folder, 'real', 'a.txt'), link);
  const { watch, look } = watching(t);
  watch.watch(now(link));
  writeFileSync(join(folder, 'real', 'a.txt'), 'more');
  t.ok(await look(1));
});

t.test('nothing is told after the end', async (t) => {
  const file = join(t.testdir({ 'a.txt': 'a' }), 'a.txt');
  const { watch, timers, count } = watching(t);
  watch.watch(now(join(file, '..', 'none', 'x')));
  watch.close();
  watch.close();
  t.equal(timers.pending.length, 0);
  watch.watch(new Map([[file, 'other']]));
  t.equal(count(), 0);
});

t.test('a folder that cannot be watched', async (t) => {
  t.equal(
    watchFolder(
      join(t.testdir({}), 'none'),
      () => {},
      () => {},
    ),
    null,
  );
});
