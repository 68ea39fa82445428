import t from 'tap';
import { formatTable } from '../../../node/cli/table.ts';

t.test('columns are aligned, and nothing in them moves the cursor', (t) => {
  const rows = [
    ['N', 'NAME', 'SENT'],
    ['1', 'a\u001b[31m\u202eb', '5 B'],
    ['12', 'long name', '1 KB'],
  ];
  t.equal(formatTable(rows, [0, 2]), [' N  NAME       SENT', ' 1  a?[31m?b    5 B', '12  long name  1 KB'].join('\n'));
  t.equal(formatTable([]), '');
  t.end();
});
