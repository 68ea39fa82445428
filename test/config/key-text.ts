import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { base64urlCharacters, decodeBase64url, formatKeyText, parseKeyText } from '../../config/key-text.ts';

/** RFC 4648 section 10, without padding, and the two characters that differ from plain base64. */
const VECTORS: readonly (readonly [string, string])[] = [
  ['', ''],
  ['66', 'Zg'],
  ['666f', 'Zm8'],
  ['666f6f', 'Zm9v'],
  ['666f6f62', 'Zm9vYg'],
  ['666f6f6261', 'Zm9vYmE'],
  ['666f6f626172', 'Zm9vYmFy'],
  ['fbff', '-_8'],
  ['000000', 'AAAA'],
  ['ffffff', '____'],
];

const KEY = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
const KEY_BYTES = Uint8Array.from({ length: 32 }, (_, index) => index);

t.test('vectors in both directions', async (t) => {
  for (const [hex, text] of VECTORS) {
    const bytes = Uint8Array.from(Buffer.from(hex, 'hex'));
    t.equal(formatKeyText(bytes), text, hex);
    t.strictSame(decodeBase64url(text), bytes, text);
    t.equal(base64urlCharacters(bytes.length), text.length);
  }
});

t.test('strict: one text for each byte string', async (t) => {
  for (const text of [
    'A',
    'AAAAA',
    'Zg==',
    'Zg=',
    'Zh',
    'Zm9',
    'Zm+v',
    'Zm/v',
    'Zm 9v',
    'Zm9v\n',
    'Zm9v.',
    'Zm9é',
    '\0\0\0\0',
  ]) {
    t.equal(decodeBase64url(text), null, JSON.stringify(text));
  }
});

t.test('a key', async (t) => {
  t.strictSame(parseKeyText(KEY), KEY_BYTES);
  t.equal(formatKeyText(KEY_BYTES), KEY);
  t.match(parseKeyText(formatKeyText(new Uint8Array(204)), [204, 273]), { length: 204 });
  t.match(parseKeyText(formatKeyText(new Uint8Array(273)), [204, 273]), { length: 273 });
});

t.test('says what is wrong without repeating any of it', async (t) => {
  const wrong: readonly (readonly [string, string])[] = [
    ['', 'is 0 characters long instead of 43; copy it again in full'],
    [KEY.slice(1), 'is 42 characters long instead of 43; copy it again in full'],
    [`${KEY}A`, 'is 44 characters long instead of 43; copy it again in full'],
    [`${KEY}=`, 'is in plain base64; base64url has - for +, _ for / and no = at the end'],
    [`+/${KEY.slice(2)}`, 'is in plain base64; base64url has - for +, _ for / and no = at the end'],
    [` ${KEY}`, 'has white space around it; remove it'],
    [
      `${KEY.slice(0, 20)}.${KEY.slice(21)}`,
      'holds characters other than A-Z, a-z, 0-9, - and _; copy it again in full',
    ],
    [`${KEY.slice(0, 42)}9`, `ends in a character that can't stand there, so it is mistyped; copy it again in full`],
    ['<43 chars>', 'holds characters other than A-Z, a-z, 0-9, - and _; copy it again in full'],
  ];
  for (const [text, error] of wrong) t.same(parseKeyText(text), { error }, text);
  t.same(parseKeyText(KEY, [204, 273]), {
    error: 'is 43 characters long instead of 272 or 364; copy it again in full',
  });
});

t.test('property: agrees with an independent coder, and nothing else decodes', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const text = formatKeyText(bytes);
      assert.equal(text, Buffer.from(bytes).toString('base64url'));
      assert.deepEqual(decodeBase64url(text), bytes);
    }),
    { seed: 5 },
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('A', 'b', '9', '-', '_', '=', '+'), maxLength: 12 }), (text) => {
      const bytes = decodeBase64url(text);
      return bytes === null || formatKeyText(bytes) === text;
    }),
    { seed: 6, numRuns: 1_000 },
  );
});
