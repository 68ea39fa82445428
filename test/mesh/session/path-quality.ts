import t from 'tap';
import { qualityOf } from '../../../mesh/session/path-quality.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';

t.test('nothing is known at first, then round trips, and losses where they are worth it', async (t) => {
  const path = new SessionPath(1, new RecordingCarrier());
  t.same(qualityOf(path), { rttMs: null, jitterMs: 0, lossShare: 0 });
  path.rtt.update(80, 0, 0);
  t.same(qualityOf(path), { rttMs: 80, jitterMs: 0, lossShare: 0 }, 'one sample says nothing of jitter');
  path.rtt.update(160, 0, 10);
  t.match(qualityOf(path), { rttMs: 90, jitterMs: 10 });
  path.outgoingLoss.count(1_000, 20);
  t.equal(qualityOf(path).lossShare, 0.02);
});
