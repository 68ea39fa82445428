import t from 'tap';
import { RuleSetBuilder } from '../../../socks/rules/rule-set-builder.ts';
import { rulesFrom } from './fixtures/rule-set-of.ts';

t.test('lists are named once, patterns with their places', async (t) => {
  const builder = new RuleSetBuilder(
    rulesFrom('{ lists: [a.txt, b.txt], to: block }', '{ lists: [b.txt], patterns: [x, "y("], to: block }'),
  );
  t.same(builder.lists, ['a.txt', 'b.txt']);
  builder.list('b.txt').addPattern('z', { type: 'list', file: 'b.txt', line: 9 });
  t.match(
    builder.patterns.map(({ text, place }) => [text, place]),
    [
      ['x', { path: ['rules', 1, 'patterns', 0] }],
      ['y(', { path: ['rules', 1, 'patterns', 1] }],
      ['z', { file: 'b.txt', line: 9 }],
    ],
  );
  t.same(builder.problems, []);
});

t.test('more keywords than there are states for are one problem', async (t) => {
  const builder = new RuleSetBuilder(rulesFrom('{ lists: [a.txt], to: block }'));
  const sink = builder.list('a.txt');
  for (let line = 1; line <= 1_100; line++) sink.addKeyword('x'.repeat(60), { type: 'list', file: 'a.txt', line });
  t.match(builder.problems, [{ place: { line: 1_001 }, message: /more than 60000 characters together; use fewer/ }]);
  t.equal(builder.problems.length, 1);
});

t.test('a list is full at two million entries', async (t) => {
  const builder = new RuleSetBuilder(rulesFrom('{ lists: [a.txt], to: block }'), 16_000_000);
  const sink = builder.list('a.txt');
  const name = Buffer.from('abc');
  for (let i = 0; i < 1_999_999; i++) sink.addName(name, 0, 3, 'host');
  t.notOk(sink.isFull);
  sink.addName(name, 0, 3, 'host');
  t.ok(sink.isFull);
  t.equal(builder.count, 2_000_000);
});
