import fc from 'fast-check';
import t from 'tap';
import { quote } from '../../config/quote.ts';

t.test('quotes, shortens and hides what could be a key', async (t) => {
  t.equal(quote('udp://example.com:1'), '"udp://example.com:1"');
  t.equal(quote('a\n\u001b[31m"'), '"a\\n\\u001b[31m\\""');
  t.equal(quote('x '.repeat(100)), `"${'x '.repeat(40)}…"`);
  t.equal(quote('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'), '"…"');
  t.equal(quote('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'), '"…"', 'hex');
  t.equal(quote('AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd+/8='), '"…"', 'plain base64');
  t.equal(quote('key=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8 id=1'), '"… id=1"');
});

t.test('property: 24 characters of a key never come through', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string(), fc.string(), (bytes, before, after) => {
      const key = Buffer.from(bytes).toString('base64url');
      const shown = quote(before + key + after);
      return !Array.from({ length: 20 }, (_, i) => key.slice(i, i + 24)).some((piece) => shown.includes(piece));
    }),
    { seed: 7 },
  );
});
