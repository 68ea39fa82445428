import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createFile, makePrivateFolder, replaceFile } from '../../../node/files/atomic-write.ts';

t.test('a new file is whole, private and the only one in its folder', (t) => {
  const folder = t.testdir();
  createFile(join(folder, 'a'), 'text');
  t.equal(readFileSync(join(folder, 'a'), 'utf8'), 'text');
  t.equal(statSync(join(folder, 'a')).mode & 0o777, 0o600);
  t.same(readdirSync(folder), ['a']);
  t.end();
});

t.test('an existing file is never created over', (t) => {
  const folder = t.testdir({ a: 'old' });
  t.throws(() => createFile(join(folder, 'a'), 'new'), { code: 'EEXIST' });
  t.equal(readFileSync(join(folder, 'a'), 'utf8'), 'old');
  t.same(readdirSync(folder), ['a']);
  t.end();
});

t.test('replacing makes a wider file private', (t) => {
  const folder = t.testdir();
  const path = join(folder, 'a');
  writeFileSync(path, 'old', { mode: 0o644 });
  replaceFile(path, 'new');
  replaceFile(path, 'newer');
  t.equal(readFileSync(path, 'utf8'), 'newer');
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.same(readdirSync(folder), ['a']);
  t.end();
});

t.test('a replacement that fails leaves nothing behind', (t) => {
  const folder = t.testdir({ a: { inside: '' } });
  t.throws(() => replaceFile(join(folder, 'a'), 'text'), { code: 'EISDIR' });
  t.throws(() => replaceFile(join(folder, 'missing', 'a'), 'text'), { code: 'ENOENT' });
  t.same(readdirSync(folder), ['a']);
  t.end();
});

t.test('a private folder is private, with all above it that was missing', (t) => {
  const folder = t.testdir();
  makePrivateFolder(join(folder, 'x', 'y'));
  t.equal(statSync(join(folder, 'x', 'y')).mode & 0o777, 0o700);
  mkdirSync(join(folder, 'z'));
  makePrivateFolder(join(folder, 'z'));
  t.end();
});
