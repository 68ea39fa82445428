import { readFileSync } from 'node:fs';
import t from 'tap';
import { explainSystemError, systemErrorCode, UserError } from '../../node/user-error.ts';

t.test('the kind of mistake decides the exit status', (t) => {
  t.equal(new UserError('failed', 'x').exitStatus, 1);
  t.equal(new UserError('usage', 'x').exitStatus, 2);
  t.equal(new UserError('configuration', 'x').exitStatus, 2);
  t.end();
});

t.test('system errors become words', (t) => {
  let error: unknown;
  try {
    readFileSync('/nowhere/at/all');
  } catch (caught) {
    error = caught;
  }
  t.equal(systemErrorCode(error), 'ENOENT');
  t.equal(explainSystemError(error), 'there is no such file or folder');
  t.match(explainSystemError(Object.assign(new Error('x'), { code: 'ENOTFOUND' })), /^the name is not found/);
  t.equal(explainSystemError(Object.assign(new Error('x'), { code: 'EWEIRD' })), 'EWEIRD');
  t.equal(explainSystemError(new Error('in words')), 'in words');
  t.equal(explainSystemError('thrown text'), 'thrown text');
  t.equal(systemErrorCode(new Error('x')), null);
  t.equal(systemErrorCode('ENOENT'), null);
  t.end();
});
