import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { appendPrivately } from '../../../node/files/append-privately.ts';

t.test('text is added, and the file is made private', (t) => {
  const path = join(t.testdir(), 'log');
  writeFileSync(path, 'a\n', { mode: 0o644 });
  appendPrivately(path, 'b\n');
  t.equal(readFileSync(path, 'utf8'), 'a\nb\n');
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.end();
});

t.test('nothing is written through a link', (t) => {
  const folder = t.testdir({ target: 'untouched' });
  symlinkSync(join(folder, 'target'), join(folder, 'log'));
  t.throws(() => appendPrivately(join(folder, 'log'), 'text'), { code: 'ELOOP' });
  t.equal(readFileSync(join(folder, 'target'), 'utf8'), 'untouched');
  t.end();
});
