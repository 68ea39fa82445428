import t from 'tap';
import { RttEstimator } from '../../../mesh/session/rtt-estimator.ts';

t.test('before the first sample it guesses', async (t) => {
  const rtt = new RttEstimator();
  t.notOk(rtt.hasSample);
  t.same([rtt.srttMs, rtt.minMs, rtt.probeTimeoutMs, rtt.repairTimeoutMs], [200, 200, 200 + 400 + 25, 600]);
});

t.test('the first sample is believed, later ones are smoothed as in RFC 9002 section 5.3', async (t) => {
  const rtt = new RttEstimator();
  rtt.update(80, 0, 0);
  t.same([rtt.srttMs, rtt.rttvarMs, rtt.minMs], [80, 40, 80]);
  rtt.update(120, 0, 10);
  t.same([rtt.srttMs, rtt.rttvarMs, rtt.latestMs], [85, 40, 120]);
  for (let turn = 0; turn < 100; turn++) rtt.update(100, 0, 20 + turn);
  t.ok(Math.abs(rtt.srttMs - 100) < 0.01 && rtt.rttvarMs < 0.1);
  t.ok(Math.abs(rtt.probeTimeoutMs - (100 + 4 + 25)) < 0.01, 'variation has a floor of 4 ms');
});

t.test(
  'a held acknowledgement is subtracted, but not below the minimum, and not more than a peer may hold',
  async (t) => {
    const rtt = new RttEstimator();
    rtt.update(100, 0, 0);
    rtt.update(120, 20, 1);
    t.equal(rtt.latestMs, 100);
    rtt.update(110, 20, 2);
    t.equal(rtt.latestMs, 110, 'would be below the minimum');
    rtt.update(200, 9_000, 3);
    t.equal(rtt.latestMs, 175, 'only 25 ms are believed');
  },
);

t.test('the minimum lasts half a minute, or until it is renewed', async (t) => {
  const rtt = new RttEstimator();
  rtt.update(50, 0, 0);
  rtt.update(80, 0, 29_999);
  t.equal(rtt.minMs, 50);
  rtt.update(80, 0, 30_001);
  t.same([rtt.minMs, rtt.minAtMs], [80, 30_001]);
  rtt.renewMin();
  t.equal(rtt.minMs, 80, 'until there is a sample');
  rtt.update(90, 0, 31_000);
  rtt.update(85, 0, 31_001);
  rtt.update(95, 0, 31_002);
  t.same([rtt.minMs, rtt.minAtMs], [85, 31_001]);
});

t.test('a new link starts anew', async (t) => {
  const rtt = new RttEstimator();
  rtt.update(5, 0, 0);
  rtt.restart();
  t.notOk(rtt.hasSample);
  t.same([rtt.srttMs, rtt.minMs, rtt.latestMs], [200, 200, 200]);
  rtt.update(300, 0, 1);
  t.equal(rtt.minMs, 300);
});

t.test('requests for repair wait at least 20 ms', async (t) => {
  const rtt = new RttEstimator();
  for (let turn = 0; turn < 50; turn++) rtt.update(1, 0, turn);
  t.equal(rtt.repairTimeoutMs, 20);
});
