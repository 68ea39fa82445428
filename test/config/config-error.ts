import t from 'tap';
import { formatConfigError } from '../../config/config-error.ts';

t.equal(
  formatConfigError('uservpn.yaml', { message: 'is wrong', line: 12, column: 3, path: 'listen[0]' }),
  'uservpn.yaml:12:3: listen[0]: is wrong',
);
t.equal(
  formatConfigError('a/b.yaml', { message: 'the file is empty', line: 1, column: 1, path: '' }),
  'a/b.yaml:1:1: the file is empty',
);
