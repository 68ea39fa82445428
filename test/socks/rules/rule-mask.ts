import fc from 'fast-check';
import t from 'tap';
import { addRule, addRules, hasRule, maskWords, nextRule, removeRule } from '../../../socks/rules/rule-mask.ts';

t.test('property: a mask is a set', async () => {
  const places = fc.array(fc.nat(99));
  fc.assert(
    fc.property(places, places, places, (added, more, removed) => {
      const mask = new Uint32Array(maskWords(100));
      const others = new Uint32Array(maskWords(100));
      for (const rule of added) addRule(mask, rule);
      for (const rule of more) addRule(others, rule);
      addRules(mask, others);
      for (const rule of removed) removeRule(mask, rule);
      const expected = new Set([...added, ...more].filter((rule) => !removed.includes(rule)));
      const found: number[] = [];
      for (let rule = nextRule(mask, 0); rule >= 0; rule = nextRule(mask, rule + 1)) found.push(rule);
      const all = Array.from({ length: 100 }, (_, rule) => rule).filter((rule) => expected.has(rule));
      return found.join() === all.join() && all.every((rule) => hasRule(mask, rule));
    }),
    { seed: 2, numRuns: 500 },
  );
});

t.test('edges', async (t) => {
  t.equal(maskWords(0), 0);
  t.equal(nextRule(new Uint32Array(0), 0), -1);
  const mask = new Uint32Array(maskWords(64));
  addRule(mask, 63);
  t.equal(nextRule(mask, 0), 63);
  t.equal(nextRule(mask, 63), 63);
  t.equal(nextRule(mask, 64), -1);
  addRule(mask, 31);
  t.equal(nextRule(mask, 0), 31);
  t.equal(nextRule(mask, 32), 63);
});
