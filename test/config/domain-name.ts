import fc from 'fast-check';
import t from 'tap';
import { parseDomainName } from '../../config/domain-name.ts';
import { isFailure } from '../../config/parse-failure.ts';

t.test('domains', async (t) => {
  const cases: readonly (readonly [string, string])[] = [
    ['example.com', 'example.com'],
    ['Example.COM.', 'example.com'],
    ['com', 'com'],
    ['localhost', 'localhost'],
    ['_sip._tcp.example.com', '_sip._tcp.example.com'],
    ['-odd-.example.com', '-odd-.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
    ['EXAMPLE。com', 'example.com'],
    ['1.example', '1.example'],
    ['a'.repeat(255), 'a'.repeat(255)],
  ];
  for (const [text, name] of cases) {
    t.equal(parseDomainName(text), name, text);
    t.equal(parseDomainName(name), name, 'and stays as it is');
  }
});

t.test('what is no domain', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /^is empty/],
    ['.', /starts with a sign/],
    ['a..b', /is no domain; write labels/],
    ['example.com..', /is no domain/],
    ['a b', /is no domain/],
    ['a,b', /is no domain/],
    ['a\0b', /is no domain/],
    ['.example.com', /write "example.com" as a suffix/],
    ['*.example.com', /write "example.com" as a suffix/],
    ['+.example.com', /write "example.com" as a suffix/],
    ['*', /is no domain/],
    ['https://example.com/', /is no domain; write only the name/],
    ['example.com:443', /is no domain/],
    ['192.0.2.7', /is an address; write it as a network/],
    ['2001:db8::1', /is an address/],
    ['0x7f.1', /ends in a number/],
    ['example.1', /ends in a number/],
    ['１２７.0.0.1', /ends in a number/],
    ['a'.repeat(256), /longer than 255 bytes/],
    ['ü'.repeat(255), /is (no domain|longer)/],
  ];
  for (const [text, expected] of cases) {
    const parsed = parseDomainName(text);
    t.match(isFailure(parsed) ? parsed.error : parsed, expected, text);
  }
});

t.test('property: whatever is read is plain and reads back to itself', async () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'B', '.', '-', '1', 'ü', '。', 'ß', '\u200d', ' ') }),
    fc.string(),
  );
  fc.assert(
    fc.property(text, (typed) => {
      const name = parseDomainName(typed);
      return isFailure(name) || (/^[a-z0-9_.-]{1,255}$/.test(name) && parseDomainName(name) === name);
    }),
    { seed: 3, numRuns: 2_000 },
  );
});
