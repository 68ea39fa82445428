import { execFileSync } from 'node:child_process';
import t from 'tap';
import { shellWord } from '../../../node/cli/shell-word.ts';

t.test('a shell reads back what was meant', (t) => {
  t.equal(shellWord('/etc/uservpn.yaml'), '/etc/uservpn.yaml', 'plain paths stay readable');
  for (const text of ['', 'a b', "o'hara", '$HOME', '`id`', 'a\\b', '*', '~', 'a\nb', '"', ';true', 'übung']) {
    const read = execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' });
    t.equal(read, text, JSON.stringify(text));
  }
  t.end();
});
