import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { withGuard } from '../../../node/files/guard.ts';

t.test('one at a time, and nothing is left', async (t) => {
  const folder = t.testdir();
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => withGuard(folder, 'guard', work)));
  t.equal(most, 1);
  await t.rejects(
    withGuard(folder, 'guard', () => Promise.reject(new Error('work failed'))),
    { message: 'work failed' },
  );
  t.same(readdirSync(folder), []);
});

t.test('a guard whose holder died long ago is taken over', async (t) => {
  const folder = t.testdir();
  writeFileSync(join(folder, 'guard'), '1\n');
  utimesSync(join(folder, 'guard'), new Date(0), new Date(0));
  t.equal(await withGuard(folder, 'guard', () => 'done'), 'done');
});

t.test('a folder that is not there', async (t) => {
  await t.rejects(
    withGuard(join(t.testdir(), 'x'), 'guard', () => t.fail('worked')),
    { code: 'ENOENT' },
  );
});
