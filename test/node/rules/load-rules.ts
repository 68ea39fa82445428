import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { loadRules } from '../../../node/rules/load-rules.ts';
import { readConfigFile } from '../../../node/setup/read-config-file.ts';
import { parseHost } from '../../../socks/host-text.ts';
import { VALID } from '../../config/fixtures/valid-config.ts';

/** Rules of a configuration beside these lists. */
async function load(t: Test, rules: string, lists: Readonly<Record<string, string>> = {}) {
  const folder = t.testdir({ 'uservpn.yaml': `${VALID}${rules}`, ...lists });
  const configPath = join(folder, 'uservpn.yaml');
  chmodSync(configPath, 0o600);
  const loaded = await loadRules({ config: readConfigFile(configPath).config, configPath, seed: 1 });
  const problems = loaded.type === 'broken' ? loaded.problems.map((line) => line.replaceAll(`${folder}/`, '')) : [];
  return { loaded, problems, folder };
}

t.test('rules, lists and groups', async (t) => {
  const { loaded } = await load(
    t,
    `rules:
  - { lists: [ads.txt], to: block }
  - { patterns: ["^x"], to: exit 3 }
siteGroups: [[a.test, b.test]]
`,
    { 'ads.txt': 'ads.test\nregexp:^y\nkeyword:track\n' },
  );
  if (loaded.type !== 'loaded') throw new Error(loaded.problems.join());
  t.match(loaded, { rules: 2, lists: 1, entries: 1 });
  const kind = (host: string): string => loaded.router.route({ host: parseHost(host)!, port: 443 }).type;
  t.same(['www.ads.test', 'y.test', 'mytracker.test'].map(kind), ['refused', 'refused', 'refused']);
  t.match(loaded.router.route({ host: parseHost('x.b.test')!, port: 1 }), {
    request: { site: 'a.test' },
    rule: /rule 2/,
  });
  t.match(loaded.router.route({ host: parseHost('b.test')!, port: 1 }), { request: { site: 'a.test' }, rule: null });
});

t.test('no rules', async (t) => {
  const { loaded } = await load(t, '');
  t.match(loaded, { type: 'loaded', rules: 0, lists: 0, entries: 0 });
});

t.test('many entries leave room for other things', async (t) => {
  const text = Array.from({ length: 30_000 }, (_, i) => `n${i}.test\n`).join('');
  let turns = 0;
  const count = (): void => {
    turns++;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  const { loaded } = await load(t, 'rules: [{ lists: [many.txt], to: block }]\n', { 'many.txt': text });
  clearImmediate(immediate);
  t.match(loaded, { type: 'loaded', entries: 30_000 });
  t.ok(turns >= 7, `${turns} turns`);
});

t.test('what is wrong is told with its line, wherever it stands', async (t) => {
  const rules = `rules:
  - patterns:
      - ok
      - "("
    to: block
  - { lists: [bad.txt, none.txt], to: block }
`;
  const { problems } = await load(t, rules, { 'bad.txt': '# fine\nregexp:[\n*.x.test\n' });
  t.match(problems, [
    /^bad\.txt:3: "\*\.x\.test" starts with a sign; write "x\.test"/,
    /^uservpn\.yaml:11:24: rules\[1\]\.lists\[1\]: none\.txt can't be read: there is no such file/,
    /^uservpn\.yaml:9:9: rules\[0\]\.patterns\[1\]: "\(" is no regular expression/,
    /^bad\.txt:2: "\[" is no regular expression/,
  ]);
});

t.test('only so many problems are told', async (t) => {
  const lists = Object.fromEntries(Array.from({ length: 5 }, (_, i) => [`l${i}`, 'a b\n'.repeat(9)]));
  const { problems } = await load(t, `rules: [{ lists: [${Object.keys(lists).join(', ')}], to: block }]\n`, lists);
  t.equal(problems.length, 21);
  t.equal(problems[20], 'and 25 more');
});

t.test('more patterns than are searched for', async (t) => {
  const text = Array.from({ length: 1_030 }, (_, i) => `regexp:^n${i}x\n`).join('');
  const { problems } = await load(t, 'rules: [{ lists: [many.txt], to: block }]\n', { 'many.txt': text });
  t.match(problems, [
    /^many\.txt:1025: all rules and lists together have more than 1024 regular expressions; use fewer/,
  ]);
  const fits = text.split('\n').slice(6).join('\n');
  writeFileSync(join(t.testdirName, 'many.txt'), fits);
  t.match((await load(t, 'rules: [{ lists: [many.txt], to: block }]\n', { 'many.txt': fits })).problems, []);
});
