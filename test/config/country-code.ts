import t from 'tap';
import { parseCountryCode } from '../../config/country-code.ts';

t.test('ISO 3166-1 alpha-2', async (t) => {
  for (const code of ['DE', 'US', 'GB', 'NO', 'ZW', 'AD', 'SS', 'XK']) t.equal(parseCountryCode(code), code);
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  const known = letters
    .flatMap((a) => letters.map((b) => a + b))
    .filter((code) => typeof parseCountryCode(code) === 'string');
  t.equal(known.length, 250, '249 codes and XK');
});

t.test('what is none', async (t) => {
  t.same(parseCountryCode('de'), { error: '"de" is not in capitals; write DE' });
  t.same(parseCountryCode('UK'), { error: '"UK" is not a country code; the code of the United Kingdom is GB' });
  for (const text of ['', 'D', 'DEU', 'Germany', 'ZZ', 'D E', 'DE\n', 'ß']) {
    t.same(parseCountryCode(text), {
      error: `${JSON.stringify(text)} is not a country code; use the two letters of ISO 3166, such as DE`,
    });
  }
});
