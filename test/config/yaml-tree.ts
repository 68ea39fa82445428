import assert from 'node:assert/strict';
import t from 'tap';
import { readYaml } from '../../config/yaml-tree.ts';

t.test('plain values and their places', async (t) => {
  const tree = readYaml('a: 1\nb:\n  - x\n  - { c: null, d: }\ne:\n');
  assert.ok('value' in tree);
  t.strictSame(tree.value, { a: 1, b: ['x', { c: null, d: null }], e: null });
  t.strictSame(tree.problems, []);
  t.strictSame(tree.placeOf([]), { keyOffset: 0, valueOffset: 0 });
  t.strictSame(tree.placeOf(['a']), { keyOffset: 0, valueOffset: 3 });
  t.strictSame(tree.placeOf(['b', 0]), { keyOffset: 12, valueOffset: 12 });
  t.strictSame(tree.placeOf(['b', 1, 'c']), { keyOffset: 20, valueOffset: 23 });
  t.strictSame(tree.placeOf(['b', 1, 'd']), { keyOffset: 29, valueOffset: 29 }, 'left out: the key');
  t.strictSame(tree.placeOf(['e']), { keyOffset: 34, valueOffset: 34 }, 'left out: the key');
  t.equal(tree.placeOf(['z']), null);
  t.equal(tree.placeOf(['b', '0']), null, 'a place in a list is no key');
});

t.test('the core schema of YAML 1.2 only', async (t) => {
  const tree = readYaml('a: yes\nb: NO\nc: 0o17\nd: 0x1f\ne: 2001-01-01\nf: 1_000\ng: 017\nh: 1:30\ni: true\nj: ~\n');
  t.match(tree, {
    value: { a: 'yes', b: 'NO', c: 15, d: 31, e: '2001-01-01', f: '1_000', g: 17, h: '1:30', i: true, j: null },
  });
});

t.test('keys are only keys', async (t) => {
  const tree = readYaml('__proto__: { a: 1 }\n');
  assert.ok('value' in tree);
  t.strictSame(Object.getOwnPropertyNames(tree.value), ['__proto__']);
  t.equal(Object.getPrototypeOf(tree.value), Object.prototype);
});
