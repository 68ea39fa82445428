import t from 'tap';
import { CongestionControl } from '../../../mesh/session/congestion-control.ts';
import { RttEstimator } from '../../../mesh/session/rtt-estimator.ts';
import { measureBulk } from '../../fixtures/bulk-transfer.ts';

const PACKET_BYTES = 1_232;

/** A model that is fed by an ideal path: a rate, a round trip and a share of lost bytes. */
class IdealPath {
  readonly rtt = new RttEstimator();
  readonly control = new CongestionControl(this.rtt, PACKET_BYTES);
  nowMs = 0;
  #deliveredBytes = 0;

  /** One round trip in which the path delivered at this rate. */
  round({ bytesPerMs = 1_000, rttMs = 50, lossShare = 0, isAppLimited = false } = {}): void {
    const bytes = bytesPerMs * rttMs;
    this.nowMs += rttMs;
    this.rtt.update(rttMs, 0, this.nowMs);
    const sentAtBytes = this.#deliveredBytes;
    this.#deliveredBytes += bytes;
    if (lossShare > 0) this.control.onLost((bytes * lossShare) / (1 - lossShare));
    this.control.onAck({
      nowMs: this.nowMs,
      ackedBytes: bytes,
      bytesInFlight: Math.min(bytes, this.control.windowBytes(0)) * 0.9,
      deliveredBytes: this.#deliveredBytes,
      deliveredAtSendBytes: sentAtBytes,
      sample: { bytesPerMs, isAppLimited },
    });
  }
}

t.test('starts with 32 packets, spread over a round trip', async (t) => {
  const { control, rtt } = new IdealPath();
  t.equal(control.phase, 'startup');
  t.equal(control.windowBytes(0), 32 * PACKET_BYTES);
  t.equal(control.bandwidthBytesPerMs, 0);
  rtt.update(100, 0, 0);
  t.ok(control.pacingBytesPerMs >= (32 * PACKET_BYTES) / 100);
});

t.test('leaves the start once the bandwidth grows no more, and then follows it', async (t) => {
  const path = new IdealPath();
  for (let rate = 100; rate <= 1_600; rate *= 2) path.round({ bytesPerMs: rate });
  t.equal(path.control.phase, 'startup');
  for (let turn = 0; turn < 6; turn++) path.round({ bytesPerMs: 1_600 });
  t.equal(path.control.phase, 'probe-bandwidth');
  t.equal(path.control.bandwidthBytesPerMs, 1_600);
  const window = path.control.windowBytes(0);
  t.ok(window >= 1.9 * 80_000 && window <= 3.1 * 80_000, `${window} bytes for a BDP of 80,000`);
  const gains = new Set<number>();
  for (let turn = 0; turn < 40; turn++) {
    path.round({ bytesPerMs: 1_600 });
    gains.add(path.control.pacingBytesPerMs / 1_600);
  }
  t.same([...gains].toSorted(), [0.75, 1, 1.25]);
});

t.test('believes a slower path after ten rounds', async (t) => {
  const path = new IdealPath();
  for (let turn = 0; turn < 10; turn++) path.round({ bytesPerMs: 1_000 });
  for (let turn = 0; turn < 11; turn++) path.round({ bytesPerMs: 300 });
  t.equal(path.control.bandwidthBytesPerMs, 300);
});

t.test('an application with little to send does not make the path look slow', async (t) => {
  const path = new IdealPath();
  for (let turn = 0; turn < 10; turn++) path.round();
  for (let turn = 0; turn < 30; turn++) path.round({ bytesPerMs: 10, isAppLimited: true });
  t.equal(path.control.bandwidthBytesPerMs, 1_000);
});

t.test('random loss changes nothing, heavy loss does, and the bound grows back', async (t) => {
  const path = new IdealPath();
  for (let turn = 0; turn < 10; turn++) path.round();
  const before = path.control.windowBytes(0);
  for (let turn = 0; turn < 10; turn++) path.round({ lossShare: 0.05 });
  t.equal(path.control.windowBytes(0), before);
  for (let turn = 0; turn < 10; turn++) path.round({ lossShare: 0.3 });
  t.ok(path.control.windowBytes(0) < before / 2);
  t.ok(path.control.windowBytes(0) >= 4 * PACKET_BYTES);
  for (let turn = 0; turn < 100; turn++) path.round();
  t.equal(path.control.windowBytes(0), before);
});

t.test('loss with a growing delay counts sooner', async (t) => {
  const path = new IdealPath();
  for (let turn = 0; turn < 10; turn++) path.round();
  const before = path.control.windowBytes(0);
  for (let turn = 0; turn < 12; turn++) path.round({ lossShare: 0.05, rttMs: 120 });
  t.ok(path.control.windowBytes(0) < before);
});

t.test('looks for a shorter round trip every ten seconds', async (t) => {
  const path = new IdealPath();
  for (let turn = 0; turn < 10; turn++) path.round();
  const phases = new Set<string>();
  for (let turn = 0; turn < 260; turn++) {
    path.round({ rttMs: 55 });
    phases.add(path.control.phase);
  }
  t.ok(phases.has('probe-rtt'));
  t.ok(phases.has('probe-bandwidth'));
});

// What it makes of bottlenecks whose truth is known. All figures hold for any seed with a margin of several points.
for (const rttMs of [20, 50, 100]) {
  for (const rateMbps of [10, 50]) {
    for (const lossRate of [0, 0.01, 0.03]) {
      const name = `${rateMbps} Mbit/s, ${rttMs} ms, ${lossRate * 100} % loss`;
      t.test(name, async (t) => {
        const link = { delayMs: rttMs / 2, rateMbps, lossRate, queueMs: 100 };
        const { utilisation, meanQueueMs, maxQueueMs, queueLossShare } = measureBulk(1, link, 4_000);
        t.comment(
          `${(utilisation * 100).toFixed(1)} %, queue ${meanQueueMs.toFixed(1)} ms, at most ${maxQueueMs.toFixed(0)}`,
        );
        t.ok(utilisation >= 0.88, `${(utilisation * 100).toFixed(1)} % used`);
        t.ok(utilisation <= 1.01, 'the judge itself is right');
        t.ok(meanQueueMs <= 30, `${meanQueueMs.toFixed(1)} ms in the queue`);
        t.ok(maxQueueMs <= 70, `${maxQueueMs.toFixed(0)} ms at most`);
        t.ok(queueLossShare <= 0.005, `${(queueLossShare * 100).toFixed(2)} % dropped there`);
      });
    }
  }
}
