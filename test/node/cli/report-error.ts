import { readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { reportError } from '../../../node/cli/report-error.ts';
import { UserError } from '../../../node/user-error.ts';

t.test("a user's mistake is its sentence and its exit status", (t) => {
  const config = join(t.testdir(), 'uservpn.yaml');
  for (const [code, exitStatus] of [
    ['usage', 2],
    ['configuration', 2],
    ['failed', 1],
  ] as const) {
    const error = new UserError(code, 'Say what to do.', { cause: new Error('inner') });
    t.same(reportError(error, config, false, 0), { text: 'Say what to do.', exitStatus });
    t.match(reportError(error, config, true, 0).text, /Say what to do\.[^]*caused by Error: inner/);
  }
  t.end();
});

t.test('what nobody expected goes to a private file, not to the terminal', (t) => {
  const folder = t.testdir();
  const error = new TypeError('x is not a function', { cause: new Error('deeper') });
  const { text, exitStatus } = reportError(error, join(folder, 'uservpn.yaml'), false, Date.UTC(2026, 10, 21));
  t.equal(exitStatus, 1);
  t.notMatch(text, /not a function|^ +at /m);
  const file = join(folder, 'errors.log');
  t.match(text, file);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.match(readFileSync(file, 'utf8'), /^2026-11-21T00:00:00\.000Z TypeError: x is not a function\n +at [^]*deeper/);
  reportError('not even an error', join(folder, 'uservpn.yaml'), false, 0);
  t.match(readFileSync(file, 'utf8'), /TypeError[^]*\n1970-01-01T00:00:00\.000Z not even an error\n$/, 'added to it');
  t.end();
});

t.test('with --debug it is shown', (t) => {
  t.match(reportError(new TypeError('x'), '/nowhere/uservpn.yaml', true, 0).text, /TypeError: x\n +at /);
  t.end();
});

t.test('where there is no folder for it, a temporary one is made', (t) => {
  const { text } = reportError(new Error('x'), '/nowhere/at/all/uservpn.yaml', false, 0);
  const file = /The details are in (.*errors\.log)\./.exec(text)?.[1] ?? '';
  t.teardown(() => rmSync(dirname(file), { recursive: true }));
  t.match(readFileSync(file, 'utf8'), 'Error: x');
  t.equal(statSync(dirname(file)).mode & 0o777, 0o700);
  t.end();
});
