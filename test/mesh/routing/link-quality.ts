import t from 'tap';
import { linkCostMs } from '../../../mesh/routing/link-quality.ts';

t.test('half a round trip, jitter, and what a repair takes where it is needed', async (t) => {
  const table = [
    [{ rttMs: 100, jitterMs: 0, lossShare: 0 }, 50],
    [{ rttMs: 100, jitterMs: 7, lossShare: 0 }, 57],
    [{ rttMs: 100, jitterMs: 0, lossShare: 0.1 }, 62],
    [{ rttMs: 0, jitterMs: 0, lossShare: 1 }, 20],
    [{ rttMs: null, jitterMs: 0, lossShare: 0 }, 150],
  ] as const;
  for (const [quality, costMs] of table) t.equal(Math.round(linkCostMs(quality) * 1e6) / 1e6, costMs);
});
