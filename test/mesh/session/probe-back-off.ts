import t from 'tap';
import { longestPauseMs, probeBackOffMs } from '../../../mesh/session/probe-back-off.ts';

t.test('doubles up to half a second, five seconds, and a minute', async (t) => {
  for (const [ptoMs, unanswered, silentMs, expectedMs] of [
    [80, 0, 0, 80],
    [80, 1, 80, 160],
    [80, 2, 240, 320],
    [80, 3, 560, 500],
    [80, 20, 10_000, 500],
    [80, 20, 10_001, 5_000],
    [80, 2_000, 60_000, 5_000],
    [80, 2_000, 60_001, 60_000],
    [80, 2, 7_200_000, 320],
    // A path that is slower than the limit is not probed before an answer can be there.
    [900, 0, 0, 900],
    [900, 5, 5_000, 900],
    [900, 5, 20_000, 5_000],
  ] as const) {
    t.equal(probeBackOffMs(ptoMs, unanswered, silentMs), expectedMs, `${ptoMs} ms, ${unanswered}, ${silentMs} ms`);
  }
});

t.test('the longest pause by how long nothing was heard', async (t) => {
  for (const [silentMs, expectedMs] of [
    [-Infinity, 500],
    [10_000, 500],
    [10_001, 5_000],
    [60_000, 5_000],
    [60_001, 60_000],
    [Infinity, 60_000],
  ] as const) {
    t.equal(longestPauseMs(silentMs), expectedMs, `${silentMs} ms`);
  }
});
