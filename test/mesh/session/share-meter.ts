import t from 'tap';
import { ShareMeter } from '../../../mesh/session/share-meter.ts';

t.test('counts in all and in the last minute', async (t) => {
  const meter = new ShareMeter();
  t.match(meter.figures(0), {
    sentBytes: 0,
    relayedBytes: 0,
    minuteSentBytes: 0,
    minuteRelayedBytes: 0,
    refusedBytes: 0,
  });
  meter.count(900, false, 1_000);
  meter.count(100, true, 1_000);
  t.match(meter.figures(2_000), {
    sentBytes: 1_000,
    relayedBytes: 100,
    minuteSentBytes: 1_000,
    minuteRelayedBytes: 100,
  });
  meter.count(500, true, 59_000);
  t.match(meter.figures(59_999), { minuteSentBytes: 1_500, minuteRelayedBytes: 600 });
  t.match(meter.figures(60_000), { minuteSentBytes: 500, minuteRelayedBytes: 500 }, 'what is older is left out');
  t.match(meter.figures(119_999), { sentBytes: 1_500, relayedBytes: 600, minuteSentBytes: 0, minuteRelayedBytes: 0 });
});

t.test('a long silence leaves nothing of before', async (t) => {
  const meter = new ShareMeter();
  for (let atMs = 0; atMs < 60_000; atMs += 100) meter.count(10, atMs % 200 === 0, atMs);
  t.match(meter.figures(59_999), { minuteSentBytes: 6_000, minuteRelayedBytes: 3_000 });
  meter.count(7, true, 1e9);
  t.match(meter.figures(1e9), { sentBytes: 6_007, minuteSentBytes: 7, minuteRelayedBytes: 7 });
});

t.test('what the other way could not take', async (t) => {
  const meter = new ShareMeter();
  meter.refused(10.4);
  meter.refused(10.2);
  t.equal(meter.figures(0).refusedBytes, 21);
});
