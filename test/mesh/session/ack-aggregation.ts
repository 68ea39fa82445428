import t from 'tap';
import { AckAggregation } from '../../../mesh/session/ack-aggregation.ts';

t.test('steady acknowledgements need little, clumps as much as a clump has', async (t) => {
  const steady = new AckAggregation();
  for (let nowMs = 1; nowMs < 500; nowMs++) steady.acked(1_000, 1_000, 1e9, 1, nowMs);
  t.ok(steady.extraBytes <= 1_000, `${steady.extraBytes}`);
  const clumps = new AckAggregation();
  for (let nowMs = 50; nowMs < 500; nowMs += 50) {
    for (let n = 0; n < 50; n++) clumps.acked(1_000, 1_000, 1e9, 1, nowMs);
  }
  t.ok(clumps.extraBytes >= 49_000 && clumps.extraBytes <= 50_000, `${clumps.extraBytes}`);
});

t.test('bounded, and forgotten after ten rounds', async (t) => {
  const aggregation = new AckAggregation();
  aggregation.acked(90_000, 1_000, 40_000, 1, 10);
  t.equal(aggregation.extraBytes, 40_000);
  for (let round = 2; round <= 11; round++) aggregation.acked(1, 1_000, 40_000, round, 1_000 * round);
  t.ok(aggregation.extraBytes <= 1);
});
