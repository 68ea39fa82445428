import t from 'tap';
import { parseDocument } from 'yaml';
import { syntaxSentence } from '../../config/yaml-sentences.ts';

/** Text, and a word of the sentence that its first error gets. */
const TABLE: readonly (readonly [string, RegExp])[] = [
  ['a: 1\na: 2\n', /twice/],
  ['a:\n\t- 1\n', /tab/],
  ['a: [1, 2\nb: 3\n', /bracket|indentation/],
  ['a: &x &y 1\n', /aliases/],
  ['a: "\\q"\n', /backslash/],
  ['a: 1\n---\nb: 2\n', /second document|---/],
  ['a: @x\n', /quotes/],
  ['a\nb: 1\n', /key: value|colon/],
];

t.test("each of the library's errors becomes a sentence of ours that quotes nothing", async (t) => {
  for (const [text, expected] of TABLE) {
    const error = parseDocument(text, { prettyErrors: false }).errors[0];
    if (error === undefined) {
      t.fail(`no error in ${JSON.stringify(text)}`);
      continue;
    }
    const sentence = syntaxSentence(error.code, text.split('\n')[0]!);
    t.match(sentence, expected, JSON.stringify(text));
    t.notMatch(sentence, /unknown|\\q|@x/);
  }
});

t.test('an IPv6 address inside brackets says what it needs', async (t) => {
  t.match(syntaxSentence('UNEXPECTED_TOKEN', 'listen: [udp://[::1]:4840]'), /needs quotes/);
  t.match(syntaxSentence('TAB_AS_INDENT', 'listen: [udp://[::1]:4840]'), /tab/);
});
