import t from 'tap';
import { FixedRate } from '../../../mesh/session/fixed-rate.ts';
import { RttEstimator } from '../../../mesh/session/rtt-estimator.ts';
import { SessionPath } from '../../../mesh/session/session-path.ts';
import { RecordingCarrier } from '../../fixtures/recording-carrier.ts';

t.test('the rate stays, and the window holds what it sends in two round trips', async (t) => {
  const rtt = new RttEstimator();
  rtt.update(100, 0, 0);
  const control = new FixedRate(rtt, 1_000);
  t.equal(control.windowBytes(5_000), 1_000 * (2 * 100 + 200) + 5_000);
  control.onLost();
  control.onAck();
  control.onDelivered();
  t.equal(control.pacingBytesPerMs, 1_000);
  rtt.update(300, 0, 10);
  t.ok(control.windowBytes(5_000) > 405_000, 'it grows with the round trip');
});

t.test('a path with a fixed rate keeps it through losses and on a new link', async (t) => {
  const path = new SessionPath(0, new RecordingCarrier(), 1_000);
  let sent = 0;
  for (let nowMs = 0; nowMs < 1_000; nowMs++) {
    while (path.allowsData(nowMs)) {
      path.send(new Uint8Array(1_000), [{ type: 'once' }], nowMs);
      sent++;
    }
    // A round trip of 50 ms in which every second packet is lost.
    const last = sent - 50;
    if (last < 1) continue;
    path.repair([{ first: 0, last: last - 1 }], () => {});
    path.acknowledge([{ first: last, last }], 0, nowMs, ignore, ignore);
  }
  const bytes = sent * (1_000 + 64);
  t.ok(bytes > 950_000 && bytes < 1_050_000, `${bytes} bytes in a second`);
  path.attach(new RecordingCarrier());
  t.equal(path.congestion.pacingBytesPerMs, 1_000);
});

function ignore(): void {}
