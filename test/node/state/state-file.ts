import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { StateFile } from '../../../node/state/state-file.ts';
import { UserError } from '../../../node/user-error.ts';

t.test('what was saved is loaded, from a folder that is made when needed', (t) => {
  const path = join(t.testdir(), 'state', 'mesh.json');
  const file = new StateFile(path);
  t.same(file.load(0), { type: 'absent' });
  t.notOk(existsSync(join(path, '..')), 'loading makes nothing');
  file.save({ a: [1, 2] });
  t.same(new StateFile(path).load(0), { type: 'loaded', value: { a: [1, 2] } });
  t.equal(statSync(path).mode & 0o777, 0o600);
  t.equal(statSync(join(path, '..')).mode & 0o777, 0o700);
  t.end();
});

t.test('a damaged file is moved aside, and the next save works', (t) => {
  for (const text of ['', '{', '\0\0\0\0', '{"a":1}}', 'nu']) {
    const folder = t.testdir({ 'mesh.json': text });
    const path = join(folder, 'mesh.json');
    const file = new StateFile(path);
    const movedTo = `${path}.damaged-1234`;
    t.same(file.load(1234.5), { type: 'damaged', movedTo });
    t.equal(readFileSync(movedTo, 'utf8'), text);
    file.save(1);
    t.same(file.load(0), { type: 'loaded', value: 1 });
    t.same(readdirSync(folder).sort(), ['mesh.json', 'mesh.json.damaged-1234']);
  }
  t.end();
});

t.test('a file that grew beyond all bounds is moved aside unread', (t) => {
  const path = join(t.testdir({ 'mesh.json': '1' }), 'mesh.json');
  // Longer than any text can be: reading it would throw.
  truncateSync(path, 1024 ** 3);
  t.equal(new StateFile(path).load(5).type, 'damaged');
  t.end();
});

t.test('every cut of a file is noticed', (t) => {
  const path = join(t.testdir(), 'mesh.json');
  const file = new StateFile(path);
  file.save({ key: 'value', list: [1, { deep: true }] });
  const text = readFileSync(path, 'utf8').trimEnd();
  for (let kept = 0; kept < text.length; kept++) {
    writeFileSync(path, text.slice(0, kept));
    t.equal(file.load(kept).type, 'damaged');
  }
  t.end();
});

t.test('what cannot be read or written is a sentence that names the file', (t) => {
  const folder = t.testdir({ file: '' });
  const under = new StateFile(join(folder, 'file', 'mesh.json'));
  t.throws(() => under.save(1), UserError);
  t.throws(() => under.save(1), { message: /Could not write .*mesh\.json: .*\. Make the folder/ });
  mkdirSync(join(folder, 'mesh.json'));
  const folderInstead = new StateFile(join(folder, 'mesh.json'));
  t.throws(() => folderInstead.load(0), { message: /Could not read .*mesh\.json: it is a folder\./ });
  t.end();
});
