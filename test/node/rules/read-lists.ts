import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { RuleSettings } from '../../../config/rule-settings.ts';
import { ListsReader, MAX_LIST_BYTES, sizeOfLists } from '../../../node/rules/read-lists.ts';
import { RuleSetBuilder } from '../../../socks/rules/rule-set-builder.ts';

/** What comes of reading lists in a folder. */
async function read(folder: string, ...lists: readonly string[]) {
  const rules: RuleSettings[] = [{ lists, to: { type: 'block' } }];
  const builder = new RuleSetBuilder(rules);
  const place = (list: string) =>
    ({ type: 'configuration', path: ['rules', 0, 'lists', lists.indexOf(list)] }) as const;
  const { problems, files } = await new ListsReader().read(builder, folder, place);
  const told = problems.map(({ place: at, message }) => {
    const where = at.type === 'list' ? `${at.file}:${at.line}` : at.path.join('.');
    return `${where}: ${message}`.replaceAll(`${folder}/`, '');
  });
  return {
    entries: builder.count,
    problems: told,
    files: [...files.keys()].map((file) => file.slice(folder.length + 1)),
  };
}

t.test('lists and what they include', async (t) => {
  const folder = t.testdir({
    'a.txt': 'a.test\ninclude:b\ninclude:c @ads\ninclude:d\n',
    b: 'b.test\n',
    'c.txt': 'c1.test @ads\nc2.test\ninclude:e\n',
    'd.txt': 'd.test',
    'e.txt': 'e1.test\ne2.test @ads\n',
    sub: { 'f.txt': 'f.test\n' },
  });
  const { entries, problems, files } = await read(folder, 'a.txt', join(folder, 'sub', 'f.txt'));
  t.same(problems, []);
  t.equal(entries, 6, 'a, b, c1, d, e2 and f');
  t.same(files, ['a.txt', 'b', 'c.txt', 'e.txt', 'd.txt', 'sub/f.txt']);
});

t.test('everything that is wrong has its place', async (t) => {
  const folder = t.testdir({
    'bad.txt': 'a.test\nb c\n',
    'circle.txt': 'include:circle2\n',
    'circle2.txt': '\ninclude:circle\n',
    'misses.txt': 'include:nowhere\n',
    sub: {},
  });
  const { problems, files } = await read(folder, 'none.txt', 'sub', 'bad.txt', 'circle.txt', 'misses.txt', '/dev/zero');
  t.same(problems, [
    "rules.0.lists.0: none.txt can't be read: there is no such file or folder",
    'rules.0.lists.1: sub is no file; name one with domains or networks, one a line',
    'bad.txt:2: "c" does not belong after "b"; write one entry a line',
    'circle2.txt:2: circle.txt includes itself, directly or through others; remove one of the lines',
    'misses.txt:1: nowhere is in no file beside this one; put it there, or remove the line',
    'rules.0.lists.5: /dev/zero is no file; name one with domains or networks, one a line',
  ]);
  t.ok(files.includes('none.txt') && files.includes('nowhere'), 'what is missing is watched for');
});

t.test('every limit', async (t) => {
  const folder = t.testdir({});
  const file = (name: string, text = ''): string => {
    writeFileSync(join(folder, name), text);
    return name;
  };
  file('large.txt');
  truncateSync(join(folder, 'large.txt'), MAX_LIST_BYTES + 1);
  t.match((await read(folder, 'large.txt')).problems.at(-1), /large.txt is larger than 64 MiB; shorten it/);
  for (const name of ['1', '2', '3']) {
    file(name);
    truncateSync(join(folder, name), MAX_LIST_BYTES - 1);
  }
  t.match((await read(folder, '1', '2', '3')).problems.at(-1), /all lists together are larger than 128 MiB/);
  t.equal(await sizeOfLists(['1', '2', '3', 'none'], folder), 128 << 20);
  for (let i = 0; i < 20; i++) file(`deep${i}`, `include:deep${i + 1}\n`);
  t.match((await read(folder, 'deep0')).problems, [/deep15:1: lists include each other more than 16 deep/]);
  file('wide', Array.from({ length: 512 }, () => 'include:leaf\n').join(''));
  file('leaf', 'a.test\n');
  const { problems, entries } = await read(folder, 'wide');
  t.match(problems[0], /wide:512: more than 512 lists are to be read/);
  t.equal(entries, 511);
});
