import fc from 'fast-check';
import t from 'tap';
import { isFailure } from '../../../config/parse-failure.ts';
import { magicExit, parseExitOverrides } from '../../../socks/exits/overrides.ts';
import { parseHost } from '../../../socks/host-text.ts';

t.test('user names', async (t) => {
  const table: readonly (readonly [string, object | RegExp])[] = [
    ['', {}],
    [' ; , ', {}],
    ['exit=7', { exit: 7 }],
    ['EXIT = 254', { exit: 254 }],
    ['country=JP', { country: 'JP' }],
    ['country=jp', { country: 'JP' }],
    ['site=work', { site: 'work' }],
    ['exit=7,country=DE;site=a.b-c_D', { exit: 7, country: 'DE', site: 'a.b-c_D' }],
    ['exit=0', /from 1 to 254/],
    ['exit=255', /from 1 to 254/],
    ['exit=', /from 1 to 254/],
    ['exit=7.0', /from 1 to 254/],
    ['exit=0x7', /from 1 to 254/],
    ['country=XX', /not a country code/],
    ['country=UK', /GB/],
    ['site=', /1 to 63/],
    [`site=${'a'.repeat(64)}`, /1 to 63/],
    ['site=a b', /1 to 63/],
    ['exit=1,exit=1', /exit twice/],
    ['alice', /"alice".*exit=NUMBER/],
    ['=7', /exit=NUMBER/],
    ['toString=7', /exit=NUMBER/],
  ];
  for (const [text, expected] of table) {
    const parsed = parseExitOverrides(text);
    if (expected instanceof RegExp) t.match(isFailure(parsed) ? parsed.error : '', expected, text);
    else t.strictSame(parsed, expected, text);
  }
});

t.test('noise gives overrides or one line of text', async (t) => {
  const words = fc.constantFrom('exit', 'country', 'site', '=', ',', ';', '7', 'JP', ' ', '\n', '"');
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 4 })), { maxLength: 12 }), (parts) => {
      const parsed = parseExitOverrides(parts.join(''));
      if (isFailure(parsed)) return !/[\n\r]/.test(parsed.error);
      return Object.keys(parsed).every((key) => ['exit', 'country', 'site'].includes(key));
    }),
    { seed: 1929, numRuns: 2_000 },
  );
  t.pass();
});

t.test('magic addresses', async (t) => {
  const table: readonly (readonly [string, number | null])[] = [
    ['0.0.1.0', 1],
    ['0.0.254.0', 254],
    ['0.0.0.0', null],
    ['0.0.255.0', null],
    ['0.0.7.1', null],
    ['0.1.7.0', null],
    ['1.0.7.0', null],
    ['::7:0', null],
    ['node.example', null],
  ];
  for (const [text, node] of table) t.equal(magicExit(parseHost(text)!), node, text);
});
