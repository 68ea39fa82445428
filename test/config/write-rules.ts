import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseConfig } from '../../config/parse-config.ts';
import { writeConfig } from '../../config/write-config.ts';
import { ruleLines, siteGroupLines } from '../../config/write-rules.ts';
import { projectRoot } from '../fixtures/structure/read-tree.ts';
import { VALID } from './fixtures/valid-config.ts';

t.test('rules and groups are read back as they were', async (t) => {
  const text = `${VALID}
rules:
  - { suffixes: [example.com, "null", "yes"], to: exit 3, whenDown: hold }
  - { domains: [www.example.org], ports: [443, 8000-9000], to: countries DE FR }
  - { keywords: [ads, "1"], patterns: ['^[a-z]{2}, [0-9]+\\.$', '"', '# x', 'a: b'], lists: ["a, b.txt", "[c]", "ü\\U0001F600", "C:\\\\ads.txt"], to: block }
  - { networks: ["2001:db8::/32", private], to: direct }
  - { resolvedCountries: [NO, CN], resolvedNetworks: [private], to: not countries US, whenDown: fail }
  - to: auto
siteGroups:
  - [example.com, "null"]
`;
  const parsed = parseConfig(text);
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  t.equal(parsed.config.rules?.length, 6);
  t.strictSame(parseConfig(writeConfig(parsed.config)), parsed);
});

t.test('none', async (t) => {
  t.strictSame(ruleLines([], String), ['rules: []']);
  t.strictSame(siteGroupLines([], String), ['siteGroups: []']);
});

t.test('the example in a new file is one', async (t) => {
  const parsed = parseConfig(VALID);
  if ('errors' in parsed) throw new Error('invalid');
  const written = writeConfig(parsed.config);
  const example = /# rules:\n(?:#   - .*\n)+/.exec(written)![0].replaceAll(/^# /gm, '');
  const again = parseConfig(`${VALID}${example}`);
  t.equal('config' in again ? again.config.rules?.length : again.errors, 3);
});

t.test('so is the one in the documents', async (t) => {
  const text = readFileSync(join(projectRoot(), 'docs', 'EXITS.md'), 'utf8');
  const parsed = parseConfig(VALID + /```yaml\n(rules:.*?)```/s.exec(text)![1]!);
  t.match(parsed, { config: { rules: Array.from({ length: 7 }, () => ({})), siteGroups: [{}] } });
});
