import t from 'tap';
import { HostPatterns } from '../../../socks/rules/host-patterns.ts';

function patternsOf(...texts: readonly string[]): HostPatterns {
  const patterns = new HostPatterns();
  for (const [owner, text] of texts.entries()) {
    const failure = patterns.add({ text, owner });
    if (failure !== null) throw new Error(failure.error);
  }
  return patterns;
}

function ownersIn(patterns: HostPatterns, name: string): number[] {
  const owners: number[] = [];
  patterns.find(name, (owner) => owners.push(owner));
  return owners.toSorted((a, b) => a - b);
}

t.test('patterns are searched for in names', async (t) => {
  const patterns = patternsOf('^ads?[0-9]+\\.', '(^|\\.)Tracker\\.[a-z]{2,3}$', 'x|y', '.');
  t.same(ownersIn(patterns, 'ad7.example.com'), [0, 2, 3]);
  t.same(ownersIn(patterns, 'www.tracker.com'), [1, 3], 'case does not count');
  t.same(ownersIn(patterns, 'mytracker.com'), [2, 3]);
  t.same(ownersIn(patterns, 'a'), [3]);
  t.same(ownersIn(patterns, ''), []);
  t.same(ownersIn(patternsOf(), 'a'), []);
});

t.test('many patterns, in several groups', async (t) => {
  const patterns = patternsOf(...Array.from({ length: 100 }, (_, i) => `^n${i}-[a-z]{20,30}$`));
  for (const i of [0, 15, 16, 17, 50, 99]) t.same(ownersIn(patterns, `n${i}-${'q'.repeat(25)}`), [i]);
});

t.test('what is no pattern, or not one for names of strangers', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['(', /no regular expression \(missing closing \)/],
    ['a**', /no regular expression/],
    ['[z-a]', /no regular expression/],
    ['(?=a)b', /looks ahead, looks behind or refers back.*RE2/],
    ['(?<!a)b', /looks ahead/],
    ['(a)\\1', /looks ahead, looks behind or refers back/],
    ['a{1001}', /no regular expression/],
    ['((a{0,100}){0,100}){0,100}', /no regular expression|repeats too much/],
    ['[a-z]{500}', /repeats too much/],
    ['\\', /no regular expression/],
    // Each would take a tenth of a second to compile, and no name has such letters.
    ['[\\x{100}-\\x{10ffff}]', /not for host names, which are ASCII/],
    ['^\\pL+$', /not for host names/],
    ['b\u00fccher', /not for host names/],
  ];
  for (const [text, expected] of cases) {
    const patterns = patternsOf('^a');
    t.match(patterns.add({ text, owner: 7 })?.error, expected, text);
    t.same(ownersIn(patterns, 'ab'), [0], 'the others are as they were');
  }
});

t.test('what makes others take forever is answered all the same', async (t) => {
  const patterns = patternsOf('^(a+)+$', '^(a|a)*$', '(x+x+)+y', '(.*a){12}$', '(a|b)*a(a|b){12}$');
  t.same(ownersIn(patterns, `${'a'.repeat(254)}!`), []);
  t.same(ownersIn(patterns, 'x'.repeat(255)), []);
  // Names that make the states of the last pattern ever new: more than the memory of a group.
  let random = 1;
  for (let i = 0; i < 300; i++) {
    const name = Array.from({ length: 250 }, () => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      return random >>> 31 === 0 ? 'a' : 'b';
    }).join('');
    const found = ownersIn(patterns, name);
    t.equal(found.includes(4), name.at(-13) === 'a', { diagnostic: false });
  }
});

t.test('all together repeat no more than a name can be searched for, whoever chose it', async (t) => {
  const patterns = new HostPatterns();
  const isTaken = (i: number): boolean => patterns.add({ text: `(a|b)*a(a|b){${100 + (i % 3)}}`, owner: i }) === null;
  const taken = Array.from({ length: 1_024 }, (_, i) => i).filter(isTaken).length;
  t.ok(taken > 10 && taken < 200, `${taken}`);
  t.match(patterns.add({ text: '[a-z]{400}', owner: 0 })?.error, /too much beside the other expressions.*use fewer/);
  const name = `${'b'.repeat(100)}a${'b'.repeat(100)}`;
  t.ok(ownersIn(patterns, name).includes(0), 'those taken are searched for');
  // Such as lists in the wild have.
  const usual = Array.from({ length: 700 }, (_, i) => `(^|\\.)cdn[0-9]+-n${i}\\.com$`);
  t.same(ownersIn(patternsOf(...usual), 'x.cdn12-n699.com'), [699]);
});
