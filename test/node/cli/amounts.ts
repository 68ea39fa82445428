import t from 'tap';
import { formatBytes, formatRtt, formatSeconds, formatTime } from '../../../node/cli/amounts.ts';

t.test('amounts of data', (t) => {
  const table: readonly (readonly [number, string])[] = [
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 KB'],
    [4_249, '4.2 KB'],
    [123_456, '123 KB'],
    [5e12, '5.0 TB'],
    [5e16, '50000 TB'],
  ];
  for (const [bytes, text] of table) t.equal(formatBytes(bytes), text);
  t.end();
});

t.test('time spans', (t) => {
  const table: readonly (readonly [number, string])[] = [
    [0.4, '0 s'],
    [59.9, '59 s'],
    [60, '1 min 0 s'],
    [3_599, '59 min 59 s'],
    [3_600, '1 h 0 min'],
    [86_399, '23 h 59 min'],
    [90_000, '1 d 1 h'],
  ];
  for (const [seconds, text] of table) t.equal(formatSeconds(seconds), text);
  t.end();
});

t.test('moments', (t) => {
  t.equal(formatTime(Date.UTC(2026, 0, 31, 12, 59, 7, 900)), '2026-01-31 12:59:07 UTC');
  t.end();
});

t.test('round-trip times', (t) => {
  t.same([null, 0.04, 12.34, 123.4].map(formatRtt), ['-', '0.0 ms', '12.3 ms', '123 ms']);
  t.end();
});
