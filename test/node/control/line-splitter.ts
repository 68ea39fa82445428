import fc from 'fast-check';
import t from 'tap';
import { LineSplitter } from '../../../node/control/line-splitter.ts';

t.test('lines come out whole however the bytes are cut', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }).filter((line) => !line.includes('\n'))),
      fc.integer({ min: 1, max: 7 }),
      (lines, chunkBytes) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const splitter = new LineSplitter(1_000);
        const out: string[] = [];
        for (let at = 0; at < bytes.length; at += chunkBytes)
          out.push(...splitter.push(bytes.subarray(at, at + chunkBytes)));
        t.same(out, lines);
        t.notOk(splitter.tooLong);
      },
    ),
    { seed: 1, numRuns: 100 },
  );
  t.end();
});

t.test('a line may be as long as allowed, and not a byte longer', (t) => {
  const exact = new LineSplitter(4);
  t.same(exact.push(Buffer.from('abcd')), []);
  t.same(exact.push(Buffer.from('\nefgh\n')), ['abcd', 'efgh']);
  t.notOk(exact.tooLong);
  t.same(exact.push(Buffer.from('ok\nabcde')), ['ok'], 'what came before is still given out');
  t.ok(exact.tooLong, 'noticed before its newline');
  t.same(exact.push(Buffer.from('\nok\n')), [], 'nothing follows');
  t.end();
});

t.test('the bytes handed in may be reused', (t) => {
  const splitter = new LineSplitter(10);
  const bytes = Buffer.from('ab');
  splitter.push(bytes);
  bytes.fill(0);
  t.same(splitter.push(Buffer.from('c\n')), ['abc']);
  t.end();
});
