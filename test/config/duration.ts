import fc from 'fast-check';
import t from 'tap';
import { formatDuration, MAX_DURATION_SECONDS, parseDuration } from '../../config/duration.ts';

const DURATIONS: readonly (readonly [string, number])[] = [
  ['7d', 604_800],
  ['12h', 43_200],
  ['30m', 1_800],
  ['90s', 90],
  ['1s', 1],
  ['3650d', MAX_DURATION_SECONDS],
];

t.test('both directions', async (t) => {
  for (const [text, seconds] of DURATIONS) {
    t.equal(parseDuration(text), seconds, text);
    t.equal(formatDuration(seconds), text);
  }
  t.equal(parseDuration(' 24h\n'), 86_400, 'white space around it');
});

t.test('what is none', async (t) => {
  for (const text of [
    '',
    '7',
    'd',
    '0d',
    '07d',
    '-7d',
    '1.5h',
    '7D',
    '7 d',
    '1d12h',
    '7w',
    '1e3s',
    '٧d',
    '9999999999s',
  ]) {
    t.same(parseDuration(text), {
      error: `${JSON.stringify(text)} is not a duration; write a number and d, h, m or s, such as 7d`,
    });
  }
  t.same(parseDuration('3651d'), { error: '"3651d" is too long; the longest duration is 3650d' });
  t.match(parseDuration('999999999d'), { error: /too long/ });
});

t.test('property: what is written reads back', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: MAX_DURATION_SECONDS }),
      (seconds) => parseDuration(formatDuration(seconds)) === seconds,
    ),
    { seed: 4 },
  );
});
