import fc from 'fast-check';
import t from 'tap';
import { formatIpNetwork } from '../../../config/ip-network.ts';
import { isFailure } from '../../../config/parse-failure.ts';
import { parseListLine, type AttributeFilter } from '../../../socks/rules/list-entry.ts';
import { ListReader, MAX_LINE_BYTES } from '../../../socks/rules/list-reader.ts';
import type { ListSink } from '../../../socks/rules/rule-set-builder.ts';

/** A sink that keeps what it gets, in short, and is full after so many. */
function keeping(maxEntries = Infinity): { readonly sink: ListSink; readonly kept: string[] } {
  const kept: string[] = [];
  const sink: ListSink = {
    get isFull() {
      return kept.length >= maxEntries;
    },
    addName: (source, start, end, kind) =>
      kept.push(`${kind} ${Buffer.from(source.slice(start, end)).toString('latin1')}`),
    addNetwork: (network) => kept.push(`network ${formatIpNetwork(network)}`),
    addKeyword: (text, place) => kept.push(`keyword ${text} ${place.type === 'list' ? place.line : ''}`),
    addPattern: (text, place) => kept.push(`pattern ${text} ${place.type === 'list' ? place.line : ''}`),
  };
  return { sink, kept };
}

function readAll(text: string | Uint8Array, only?: AttributeFilter, pieceBytes = Infinity) {
  const { sink, kept } = keeping();
  const reader = new ListReader('ads.txt', sink, only);
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  if (bytes.length <= pieceBytes) reader.push(bytes);
  else for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.slice(at, at + pieceBytes));
  reader.end();
  const problems = reader.problems.map(({ place, message }) =>
    place.type === 'list' ? `${place.file}:${place.line}: ${message}` : message,
  );
  return { kept, problems, includes: reader.includes };
}

const MIXED = `\ufeff# a list
example.com
Full:x
full:WWW.Example.org.
domain:example.net @ads @cn
0.0.0.0 tracker.test
0.0.0.0  two.spaces
127.0.0.1 localhost
keyword:ads\r
regexp:^x
192.0.2.0/24
  indented.example\t

include:other @ads
a..b
bücher.example`;

t.test('a list of all kinds of lines, in pieces of any size', async (t) => {
  const whole = readAll(MIXED);
  t.same(whole.kept, [
    'suffix example.com',
    'host www.example.org',
    'suffix example.net',
    'host tracker.test',
    'host two.spaces',
    'keyword ads 9',
    'pattern ^x 10',
    'network 192.0.2.0/24',
    'suffix indented.example',
    'suffix xn--bcher-kva.example',
  ]);
  t.match(whole.problems, [/^ads\.txt:3: .*is no entry; write a domain/, /^ads\.txt:15: .*is no entry/]);
  t.match(whole.includes, [{ name: 'other', line: 14, only: { all: ['ads'], none: [] } }]);
  for (const pieceBytes of [1, 2, 3, 7, 64])
    t.same(readAll(MIXED, undefined, pieceBytes), whole, `${pieceBytes} bytes`);
});

t.test('entries of an included list are picked by their attributes', async (t) => {
  const text =
    'domain:a.test @ads\nfull:b.test @ads @cn\nc.test\nkeyword:d @ads\nregexp:e\n192.0.2.0/24\n0.0.0.0 f.test';
  const pick = (all: readonly string[], none: readonly string[]) =>
    readAll(text, { all, none }).kept.map((entry) => entry.split(' ')[1]);
  t.same(pick([], []), ['a.test', 'b.test', 'c.test', 'd', 'e', '192.0.2.0/24', 'f.test']);
  t.same(pick(['ads'], []), ['a.test', 'b.test', 'd']);
  t.same(pick(['ads', 'cn'], []), ['b.test']);
  t.same(pick([], ['cn']), ['a.test', 'c.test', 'd', 'e', '192.0.2.0/24', 'f.test']);
  t.same(pick(['ads'], ['cn']), ['a.test', 'd']);
});

t.test('lines that are too long are told and left behind', async (t) => {
  const fits = `${'a'.repeat(200)}${' '.repeat(MAX_LINE_BYTES - 200)}`;
  t.same(readAll(`${fits}\nb.test`).kept, [`suffix ${'a'.repeat(200)}`, 'suffix b.test']);
  const long = `${'a'.repeat(MAX_LINE_BYTES + 1)}\nb.test\n${'c'.repeat(100_000)}`;
  for (const pieceBytes of [1, 1_000, Infinity]) {
    const { kept, problems } = readAll(long, undefined, pieceBytes);
    t.same(kept, ['suffix b.test']);
    t.match(problems, [/^ads\.txt:1: the line is longer than 4096 bytes/, /^ads\.txt:3: the line is longer/]);
  }
});

t.test('more problems than anybody reads are counted', async (t) => {
  const { problems } = readAll('a b\n'.repeat(1_000));
  t.equal(problems.length, 11);
  t.match(problems[10], /and 990 more like that in this file/);
});

t.test('a list includes so many others and no more', async (t) => {
  const { includes, problems } = readAll('include:a\n'.repeat(513));
  t.equal(includes.length, 512);
  t.match(problems, [/^ads\.txt:513: more than 512 lists are included here/]);
});

t.test('no more is taken than fits, and that is said once', async (t) => {
  const { sink, kept } = keeping(2);
  const reader = new ListReader('ads.txt', sink);
  reader.push(Buffer.from('a.test\nb.test\nc.test\nd.test\n\n'));
  reader.end();
  t.equal(kept.length, 2);
  t.match(reader.problems, [{ place: { line: 3 }, message: /more than 2000000 entries; shorten them/ }]);
});

t.test('property: what is read quickly is what is read carefully', async () => {
  const part = fc.constantFrom(
    ...[
      'a',
      'B',
      '.',
      '-',
      '_',
      '1',
      ' ',
      '\t',
      '@x',
      '@',
      '&y',
      '#',
      'domain:',
      'full:',
      '0.0.0.0 ',
      '127.0.0.1 ',
      ':',
      '/',
      '\u00e9',
      '\r',
    ],
  );
  const line = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 5 }), fc.integer({ min: 1, max: 9 }), (lines, pieceBytes) => {
      const expected: string[] = [];
      let wrong = 0;
      for (const [index, each] of lines.entries()) {
        const entry = parseListLine(each);
        if (entry === null) continue;
        if (isFailure(entry)) wrong++;
        else if (entry.type === 'names') expected.push(...entry.names.map((name) => `${entry.kind} ${name}`));
        else if (entry.type === 'network') expected.push(`network ${formatIpNetwork(entry.network)}`);
        else if (entry.type !== 'include') expected.push(`${entry.type} ${entry.text} ${index + 1}`);
      }
      const { kept, problems } = readAll(lines.join('\n'), undefined, pieceBytes);
      return kept.join('\n') === expected.join('\n') && problems.length === wrong;
    }),
    { seed: 13, numRuns: 3_000 },
  );
});

t.test('bytes that are no text are no entries', async (t) => {
  const { kept, problems } = readAll(Uint8Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 256));
  t.same(
    kept.filter((entry) => !/^\w+ [\w.:/-]+$/.test(entry)),
    [],
  );
  t.ok(problems.length > 5);
});
