import t from 'tap';
import { formatConfigError } from '../../config/config-error.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { RULE_SHAPE, rules, siteGroups } from '../../config/rules-schema.ts';
import { RULE_KEY_DESCRIPTIONS } from '../../config/key-descriptions.ts';
import { VALID } from './fixtures/valid-config.ts';

t.test('every condition and action', async (t) => {
  const parsed = parseConfig(`${VALID}
rules:
  - { suffixes: [example.com, Example.NET.], to: exit 3, whenDown: hold }
  - { domains: [www.example.org], ports: [443, 8000-9000], to: countries DE FR }
  - { keywords: [Ads], patterns: ['^x[0-9]+\\.'], lists: [lists/ads.txt], to: block }
  - { networks: [192.0.2.7, "::ffff:10.0.0.0/104", private], to: direct }
  - { resolvedCountries: [CN], resolvedNetworks: [private], to: not countries US, whenDown: fail }
  - to: auto
siteGroups:
  - [example.com, example.net]
`);
  t.strictSame('errors' in parsed ? parsed.errors : parsed.config.rules, [
    { suffixes: ['example.com', 'example.net'], to: { type: 'exit', exit: 3 }, whenDown: 'hold' },
    {
      domains: ['www.example.org'],
      ports: [
        { first: 443, last: 443 },
        { first: 8_000, last: 9_000 },
      ],
      to: { type: 'countries', allowed: ['DE', 'FR'], forbidden: [] },
    },
    { keywords: ['ads'], patterns: ['^x[0-9]+\\.'], lists: ['lists/ads.txt'], to: { type: 'block' } },
    { networks: ['192.0.2.7/32', '10.0.0.0/8', 'private'], to: { type: 'direct' } },
    {
      resolvedCountries: ['CN'],
      resolvedNetworks: ['private'],
      to: { type: 'countries', allowed: null, forbidden: ['US'] },
      whenDown: 'fail',
    },
    { to: { type: 'auto' } },
  ]);
  t.strictSame('config' in parsed && parsed.config.siteGroups, [['example.com', 'example.net']]);
});

t.test('what is wrong is said with its line', async (t) => {
  // What is added stands from line 6 on.
  const cases: readonly (readonly [string, string, string])[] = [
    ['no list', 'rules: block', 'u:6:8: rules: is "block"; write a list of rules'],
    ['no map', 'rules:\n  - block', 'u:7:5: rules[0]: is "block"; write a map of keys'],
    ['no action', 'rules:\n  - ports: [1]', 'u:7:5: rules[0].to: is missing; add what to do, such as block or exit 3'],
    [
      'an action that is none',
      'rules:\n  - to: blok',
      'u:7:9: rules[0].to: "blok" is nothing that a rule can do (did you mean block?); write auto, block, direct, exit 3, countries DE FR, or not countries US',
    ],
    [
      'a key that is none',
      'rules:\n  - { suffix: [a], to: auto }',
      'u:7:7: rules[0].suffix: unknown key; did you mean suffixes?',
    ],
    [
      'a condition that is misspelt, before another rule',
      'rules:\n  - { domans: [a.test], to: block }\n  - { suffixes: [b.test], to: direct }',
      'u:7:7: rules[0].domans: unknown key; did you mean domains?',
    ],
    [
      'an address in the place of a condition',
      'rules:\n  - { 0.0.3.0: [a.test], to: block }\n  - { suffixes: [b.test], to: direct }',
      'u:7:7: rules[0]."0.0.3.0": unknown key; remove it, or use one of domains, suffixes, keywords, patterns, ports, networks, lists, resolvedCountries, resolvedNetworks, to, whenDown',
    ],
    ['an action that is misspelt', 'rules:\n  - { To: block }', 'u:7:7: rules[0].To: unknown key; did you mean to?'],
    ['a key of a rule at the top', 'suffixes: [a]', 'u:6:1: suffixes: unknown key here; it belongs under rules'],
    [
      'one name without brackets',
      'rules:\n  - { suffixes: example.com, to: auto }',
      'u:7:17: rules[0].suffixes: is "example.com"; write a list of domains',
    ],
    [
      'an empty list',
      'rules:\n  - { suffixes: [], to: auto }',
      'u:7:17: rules[0].suffixes: is empty, so that the rule would never hold; add an entry, or remove the key',
    ],
    [
      'a bad domain',
      'rules:\n  - to: auto\n    suffixes:\n      - example.com\n      - "*.example.net"',
      'u:10:9: rules[0].suffixes[1]: "*.example.net" starts with a sign; write "example.net" as a suffix, which stands for all below it too',
    ],
    [
      'a bad port',
      'rules:\n  - { ports: [70000], to: auto }',
      'u:7:15: rules[0].ports[0]: is 70000; write a port from 1 to 65535, such as 443, or a range such as 8000-9000',
    ],
    [
      'a port that is a list',
      'rules:\n  - { ports: [[1]], to: auto }',
      'u:7:15: rules[0].ports[0]: is a list; write a port such as 443 or a range such as 8000-9000',
    ],
    [
      'a bad network',
      'rules:\n  - { networks: [10.0.0.1/8], to: auto }',
      'u:7:18: rules[0].networks[0]: "10.0.0.1/8" has bits set beyond its prefix; write 10.0.0.0/8',
    ],
    [
      'a long pattern',
      `rules:\n  - { patterns: [${'x'.repeat(501)}], to: auto }`,
      'u:7:18: rules[0].patterns[0]: is longer than 500 characters; write several shorter ones',
    ],
    [
      'an empty pattern',
      `rules:\n  - { patterns: [""], to: auto }`,
      'u:7:18: rules[0].patterns[0]: is empty, so that it would be in every name; write a regular expression',
    ],
    [
      'an empty file name',
      `rules:\n  - { lists: [""], to: auto }`,
      'u:7:15: rules[0].lists[0]: is empty; name a file, such as lists/ads.txt',
    ],
    [
      'a long file name',
      `rules:\n  - { lists: [${'x'.repeat(4_097)}], to: auto }`,
      'u:7:15: rules[0].lists[0]: is longer than any file name',
    ],
    [
      'a file name with control characters',
      `rules:\n  - { lists: ["a\\nb"], to: auto }`,
      'u:7:15: rules[0].lists[0]: holds control characters; name a file, such as lists/ads.txt',
    ],
    [
      'a waiting that means nothing',
      'rules:\n  - { ports: [25], to: block, whenDown: hold }',
      'u:7:41: rules[0].whenDown: says nothing where no exit is used; remove it, or change "to: block"',
    ],
    [
      'a waiting that is none',
      'rules:\n  - { to: auto, whenDown: wait }',
      'u:7:27: rules[0].whenDown: is "wait"; write one of repin, hold, fail',
    ],
    [
      'what can never hold',
      'rules:\n  - { suffixes: [a], networks: [private], to: auto }',
      'u:7:32: rules[0].networks: never holds together with suffixes, because a host is an address or a name; write two rules',
    ],
    [
      'what is never asked',
      'rules:\n  - to: auto\n  - { ports: [25], to: block }',
      'u:7:5: rules[0]: has no condition, so that no rule after it is ever asked; give it one, or move it to the end',
    ],
    ['a group of one', 'siteGroups: [[a.example]]', 'u:6:14: siteGroups[0]: is no group; write two domains or more'],
    [
      'a group of nonsense',
      'siteGroups: [[a.example, "b c"]]',
      'u:6:26: siteGroups[0][1]: "b c" is no domain; write labels of letters, digits, - and _, joined by single dots',
    ],
  ];
  for (const [name, added, expected] of cases) {
    const parsed = parseConfig(`${VALID}${added}\n`);
    t.strictSame(
      'errors' in parsed ? parsed.errors.map((error) => formatConfigError('u', error)) : [],
      [expected],
      name,
    );
  }
});

t.test('every limit', async (t) => {
  const many = (count: number, item: unknown) => Array.from({ length: count }, () => item);
  const rule = { ports: [1], to: 'auto' };
  const cases: readonly (readonly [string, typeof rules | typeof siteGroups, unknown[], unknown[]])[] = [
    ['rules', rules, many(1_000, rule), many(1_001, rule)],
    ['entries', rules, [{ domains: many(1_000, 'a'), to: 'auto' }], [{ domains: many(1_001, 'a'), to: 'auto' }]],
    ['lists', rules, [{ lists: many(64, 'a'), to: 'auto' }], [{ lists: many(65, 'a'), to: 'auto' }]],
    ['pattern', rules, [{ patterns: ['a'.repeat(500)], to: 'auto' }], [{ patterns: ['a'.repeat(501)], to: 'auto' }]],
    ['groups', siteGroups, many(1_000, ['a', 'b']), many(1_001, ['a', 'b'])],
    ['a group', siteGroups, [many(256, 'a')], [many(257, 'a')]],
  ];
  for (const [name, schema, fits, isTooMuch] of cases) {
    t.equal(schema.safeParse(fits).success, true, `${name}: as much as fits`);
    t.equal(schema.safeParse(isTooMuch).success, false, `${name}: one more`);
  }
});

t.test('every key of a rule is described', async (t) => {
  t.strictSame(Object.keys(RULE_SHAPE).toSorted(), Object.keys(RULE_KEY_DESCRIPTIONS).toSorted());
});
