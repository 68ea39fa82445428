import t from 'tap';
import { print, printJson, remark } from '../../../node/cli/output.ts';

t.test('answers go to standard output, remarks do not', (t) => {
  const out = t.capture(process.stdout, 'write', () => true);
  const err = t.capture(process.stderr, 'write', () => true);
  print('text');
  printJson({ a: [1, null] });
  remark('note');
  const written = out().map(({ args }) => args[0]);
  const remarked = err().map(({ args }) => args[0]);
  t.same(written, ['text\n', '{"a":[1,null]}\n']);
  t.same(remarked, ['uservpn: note\n']);
  t.end();
});
