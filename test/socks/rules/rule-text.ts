import t from 'tap';
import { ruleText } from '../../../socks/rules/rule-text.ts';

t.test('rules in short', async (t) => {
  const to = { type: 'auto' } as const;
  t.equal(ruleText({ to }, 0), 'rule 1 (all others)');
  t.equal(ruleText({ suffixes: ['example.com'], to }, 2), 'rule 3 (suffixes example.com)');
  t.equal(
    ruleText(
      {
        domains: ['a', 'b', 'c', 'd'],
        ports: [
          { first: 1, last: 1 },
          { first: 2, last: 9 },
        ],
        to,
      },
      9,
    ),
    'rule 10 (domains a, b and 2 more; ports 1, 2-9)',
  );
  const long = ruleText({ patterns: ['x'.repeat(500)], to }, 0);
  t.ok(long.length < 180);
  t.ok(long.endsWith('…)'));
});
