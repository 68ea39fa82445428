import t from 'tap';
import { findUnfitText, MAX_CONFIG_BYTES } from '../../config/yaml-limits.ts';

t.test('fit', async (t) => {
  const fit = [
    '',
    'a: 1\n',
    "a: 'it''s'\nb: \"x\\\\\"\nc: \"\"\nd: ''\n",
    'a: |\n  "open\nb: 1\n',
    "a: >\n  'open\n",
    '# "open\n',
    `a: b"c\n`,
    'é: 😀\r\n',
    '#'.repeat(MAX_CONFIG_BYTES),
    '- '.repeat(12) + 'a',
    '['.repeat(20) + ']'.repeat(20),
  ];
  for (const text of fit) t.equal(findUnfitText(text), null, JSON.stringify(text.slice(0, 30)));
});

t.test('unfit, and where', async (t) => {
  const unfit: readonly (readonly [string, RegExp, number])[] = [
    ['#'.repeat(MAX_CONFIG_BYTES + 1), /larger than 1 MiB/, 0],
    [`#${'é'.repeat(MAX_CONFIG_BYTES / 2)}`, /larger than 1 MiB/, 0],
    ['a: 😀\u0000', /no text/, 5],
    ['a: \ufffd', /no text/, 3],
    ['a: \ud83d', /no text/, 3],
    ['a: \u009f', /no text/, 3],
    ['a: "b', /never closed/, 3],
    ['a: "b\\"', /never closed/, 3],
    ['a: "b\\\\\\"', /never closed/, 3],
    ['a: "', /never closed/, 3],
    [`a: '`, /never closed/, 3],
    [`a: 'b''`, /never closed/, 3],
    [`a: 1\n'b`, /never closed/, 5],
    ['['.repeat(60), /nested too deep/, 47],
    ['\n'.repeat(200_000), /too much/, 100_000],
  ];
  for (const [text, message, offset] of unfit) {
    const problem = findUnfitText(text);
    t.match(problem?.message, message, JSON.stringify(text.slice(0, 30)).replaceAll('\\', '/'));
    t.ok(problem !== null && problem.offset <= offset, 'not after it');
  }
});
