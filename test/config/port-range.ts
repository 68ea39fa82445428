import t from 'tap';
import { isFailure } from '../../config/parse-failure.ts';
import { formatPortRange, parsePortRange } from '../../config/port-range.ts';

t.test('ports and ranges, in both directions', async (t) => {
  const cases: readonly (readonly [string, number, number])[] = [
    ['1', 1, 1],
    ['443', 443, 443],
    ['65535', 65_535, 65_535],
    ['8000-9000', 8_000, 9_000],
    ['1-65535', 1, 65_535],
  ];
  for (const [text, first, last] of cases) {
    t.strictSame(parsePortRange(text), { first, last }, text);
    t.equal(formatPortRange({ first, last }), text);
  }
  t.strictSame(parsePortRange(22), { first: 22, last: 22 });
  t.strictSame(parsePortRange(' 1 - 2 '), { first: 1, last: 2 });
  t.equal(formatPortRange({ first: 7, last: 7 }), '7');
});

t.test('what is no port', async (t) => {
  const port = /write a port from 1 to 65535/;
  const cases: readonly (readonly [string | number, RegExp])[] = [
    [0, /^is 0; write a port/],
    [65_536, port],
    [-1, port],
    [1.5, port],
    [NaN, port],
    ['', /^is ""; write/],
    ['http', port],
    ['0-5', port],
    ['1-65536', port],
    ['1-2-3', port],
    ['9-8', /ends before it begins; write 8-9/],
  ];
  for (const [value, expected] of cases) {
    const parsed = parsePortRange(value);
    t.match(isFailure(parsed) ? parsed.error : null, expected, String(value));
  }
});
