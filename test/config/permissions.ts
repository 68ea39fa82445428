import t from 'tap';
import { checkFileMode } from '../../config/permissions.ts';

t.test('only the owner', async (t) => {
  for (const mode of [0o600, 0o400, 0o700, 0o100600, 0o711])
    t.equal(checkFileMode(mode, 'linux', 'f'), null, mode.toString(8));
  for (const mode of [0o644, 0o777, 0o666]) t.equal(checkFileMode(mode, 'win32', 'f'), null, 'Windows has no modes');
});

t.test('the sentence has the fix', async (t) => {
  const wrong: readonly (readonly [number, string])[] = [
    [0o640, 'u.yaml holds secret keys, and its group of this machine can read it; run: chmod 600 u.yaml'],
    [0o620, 'u.yaml holds secret keys, and its group of this machine can change it; run: chmod 600 u.yaml'],
    [0o660, 'u.yaml holds secret keys, and its group of this machine can read or change it; run: chmod 600 u.yaml'],
    [0o604, 'u.yaml holds secret keys, and other users of this machine can read it; run: chmod 600 u.yaml'],
    [0o602, 'u.yaml holds secret keys, and other users of this machine can change it; run: chmod 600 u.yaml'],
    [0o100644, 'u.yaml holds secret keys, and other users of this machine can read it; run: chmod 600 u.yaml'],
    [0o666, 'u.yaml holds secret keys, and other users of this machine can read or change it; run: chmod 600 u.yaml'],
  ];
  for (const [mode, sentence] of wrong) {
    for (const platform of ['linux', 'darwin', 'freebsd'] as const) {
      t.equal(checkFileMode(mode, platform, 'u.yaml'), sentence, `${mode.toString(8)} ${platform}`);
    }
  }
});

t.test('the fix can be pasted into a shell', async (t) => {
  const ends = (file: string, command: string) =>
    t.ok(checkFileMode(0o644, 'linux', file)?.endsWith(`run: ${command}`), file);
  ends('/home/me/my net.yaml', `chmod 600 '/home/me/my net.yaml'`);
  ends(`it's $(x).yaml`, `chmod 600 'it'\\''s $(x).yaml'`);
  ends('-R.yaml', 'chmod 600 ./-R.yaml');
});

t.test('every mode: refused exactly where group or others can read or write', async (t) => {
  for (let mode = 0; mode <= 0o777; mode++) {
    if ((checkFileMode(mode, 'linux', 'f') === null) !== ((mode & 0o066) === 0)) t.fail(mode.toString(8));
  }
});
