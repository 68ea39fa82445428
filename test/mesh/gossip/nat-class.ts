import fc from 'fast-check';
import t from 'tap';
import { natClassOf, type ObservedWord } from '../../../mesh/gossip/nat-class.ts';

const NONE: ReadonlySet<string> = new Set();

function word(
  host: string,
  port: number,
  localPort: number | null = 40_000,
  transport: 'udp' | 'tcp' = 'udp',
): ObservedWord {
  return { address: { transport, source: 'observed', host, port }, localPort };
}

const CASES: readonly { readonly words: readonly ObservedWord[]; readonly is: string; readonly why: string }[] = [
  { words: [], is: 'unknown', why: 'nobody' },
  { words: [word('8.0.0.1', 5)], is: 'unknown', why: 'one member can tell nothing' },
  { words: [word('8.0.0.1', 5), word('8.0.0.1', 5)], is: 'easy', why: 'one port for all' },
  { words: [word('8.0.0.1', 5), word('8.0.0.1', 6)], is: 'unknown', why: 'two that disagree, one of which may lie' },
  {
    words: [word('8.0.0.1', 5), word('10.0.0.1', 6), word('10.0.0.1', 7), word('10.0.0.1', 8)],
    is: 'unknown',
    why: 'addresses that mean nothing elsewhere',
  },
  {
    words: [word('8.0.0.1', 5), word('8.0.0.1', 5), word('10.0.0.1', 6), word('10.0.0.1', 7), word('10.0.0.1', 8)],
    is: 'easy',
    why: 'and they outvote nobody',
  },
  { words: [word('8.0.0.1', 5), word('8.0.0.1', 6, 40_001)], is: 'unknown', why: 'from different own ports' },
  { words: [word('8.0.0.1', 5), word('8.0.0.1', 5, null)], is: 'unknown', why: 'from a port that is not known' },
  {
    words: [word('8.0.0.1', 5), word('8.0.0.1', 6, 40_000, 'tcp')],
    is: 'unknown',
    why: 'connections have ports of their own',
  },
  { words: [word('8.0.0.1', 5), word('8.0.0.2', 5)], is: 'unknown', why: 'moving, or a liar' },
  { words: [word('8.0.0.1', 5), word('8.0.0.1', 5), word('8.0.0.1', 9)], is: 'easy', why: 'a liar is outvoted' },
  {
    words: [word('8.0.0.1', 5), word('9.9.9.9', 5), word('8.0.0.1', 5)],
    is: 'easy',
    why: 'and one with another address',
  },
  { words: [word('8.0.0.1', 5), word('8.0.0.1', 6), word('8.0.0.1', 7)], is: 'symmetric', why: 'three ports' },
  { words: [word('2a00::1', 5), word('2a00::1', 5)], is: 'easy', why: 'IPv6 where there is nothing else' },
  {
    words: [word('2a00::1', 5), word('2a00::1', 5), word('8.0.0.1', 5), word('8.0.0.1', 6), word('8.0.0.1', 7)],
    is: 'symmetric',
    why: 'IPv4 first',
  },
];

for (const { words, is, why } of CASES) {
  t.test(`${why}: ${is}`, async (t) => {
    t.equal(natClassOf(words, NONE), is);
  });
}

t.test('an address of its own is public, whatever the ports', async (t) => {
  const words = [word('8.0.0.1', 5), word('8.0.0.1', 6), word('8.0.0.1', 7)];
  t.equal(natClassOf(words, new Set(['10.0.0.1', '8.0.0.1'])), 'public');
  t.equal(natClassOf([word('8.0.0.1', 5, null, 'tcp')], new Set(['8.0.0.1'])), 'public', 'one word is enough');
  t.equal(natClassOf(words, new Set(['10.0.0.1'])), 'symmetric');
});

t.test('fewer liars than honest members change nothing', async () => {
  const lie = fc.record({ host: fc.constantFrom('8.0.0.1', '7.7.7.7'), port: fc.integer({ min: 1, max: 9 }) });
  const property = fc.property(fc.array(lie, { maxLength: 4 }), fc.integer({ min: 0, max: 5 }), (lies, at) => {
    const honest = Array.from({ length: 5 }, () => word('8.0.0.1', 5_000));
    const words = [...honest.slice(0, at), ...lies.map(({ host, port }) => word(host, port)), ...honest.slice(at)];
    return natClassOf(words, NONE) === 'easy';
  });
  fc.assert(property);
});
