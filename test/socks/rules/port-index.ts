import fc from 'fast-check';
import t from 'tap';
import { PortIndex } from '../../../socks/rules/port-index.ts';
import { hasRule } from '../../../socks/rules/rule-mask.ts';

t.test('property: a plain comparison says the same', async () => {
  const port = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(65_534, 65_535));
  const range = fc.tuple(port, port).map(([a, b]) => ({ first: Math.min(a, b), last: Math.max(a, b) }));
  const all = fc.array(fc.array(range), { maxLength: 40 });
  fc.assert(
    fc.property(all, port, (ranges, asked) => {
      const index = new PortIndex(
        ranges.map((own, rule) => ({ rule, ranges: own })),
        2,
      );
      return ranges.every((own, rule) => {
        const expected = own.some(({ first, last }) => asked >= first && asked <= last);
        return hasRule(index.rulesOf(asked), rule) === expected;
      });
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

t.test('port 0 is in no range', async (t) => {
  const index = new PortIndex([{ rule: 0, ranges: [{ first: 1, last: 65_535 }] }], 1);
  t.notOk(hasRule(index.rulesOf(0), 0));
  t.ok(hasRule(index.rulesOf(1), 0));
  t.ok(hasRule(index.rulesOf(65_535), 0));
});
