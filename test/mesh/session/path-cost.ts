import t from 'tap';
import { pathCostMs } from '../../../mesh/session/path-cost.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';

/** A path with steady round trips of this length. */
function steady(rttMs: number, relayCount = 0): SessionPath {
  const path = new SessionPath(0, new RecordingCarrier({ relayCount }));
  for (let count = 0; count < 100; count++) path.rtt.update(rttMs, 0, count);
  return path;
}

t.test('half the round trip, and 4 ms a relay', async (t) => {
  t.ok(Math.abs(pathCostMs(steady(100)) - 50) < 0.01);
  t.ok(Math.abs(pathCostMs(steady(100, 1)) - 54) < 0.01);
  t.ok(Math.abs(pathCostMs(steady(60, 2)) - 38) < 0.01);
});

t.test('losses cost a repair each, jitter what it varies', async (t) => {
  const lossy = steady(100);
  lossy.outgoingLoss.count(1_000, 100);
  t.ok(Math.abs(pathCostMs(lossy) - (50 + 0.1 * 112.5)) < 0.01);
  const unsteady = steady(100);
  for (let count = 0; count < 100; count++) unsteady.rtt.update(count % 2 === 0 ? 100 : 140, 0, 200 + count);
  t.ok(pathCostMs(unsteady) > 60, `${pathCostMs(unsteady)}`);
});

t.test('a queue of the sender’s own making is not the path’s fault', async (t) => {
  const path = steady(100);
  for (let count = 0; count < 200; count++) path.rtt.update(115, 0, 1_000 + count);
  t.ok(pathCostMs(path) < 51, `${pathCostMs(path)}`);
});

t.test('a path is not blamed for the variation that is assumed before there is any', async (t) => {
  const path = new SessionPath(0, new RecordingCarrier());
  path.rtt.update(100, 0, 0);
  t.equal(path.rtt.rttvarMs, 50);
  t.equal(pathCostMs(path), 50);
  path.rtt.update(130, 0, 1);
  t.ok(pathCostMs(path) > 50 && pathCostMs(path) <= 54, `${pathCostMs(path)}`);
});
