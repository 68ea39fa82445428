import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { fileSignature } from '../../../node/rules/file-signature.ts';

t.test('another one for every change, the same for none', async (t) => {
  const file = join(t.testdir({ 'a.txt': 'a', 'b.txt': 'a' }), 'a.txt');
  const seen = [fileSignature(file)];
  const other = (what: string): void => {
    const signature = fileSignature(file);
    t.notOk(seen.includes(signature), what);
    t.equal(fileSignature(file), signature);
    seen.push(signature);
  };
  writeFileSync(file, 'ab');
  other('longer');
  utimesSync(file, 1, 1);
  other('an earlier time');
  renameSync(join(file, '..', 'b.txt'), file);
  other('another file of that name');
  rmSync(file);
  other('gone');
  t.equal(fileSignature(join(file, '..', 'a.txt', 'x')), 'ENOENT');
});
