import t from 'tap';
import { RelayAllowance, relayLimits } from '../../../mesh/relaying/relay-allowance.ts';

t.test('bytes: 50 ms of the rate at once, then what the rate brings', async (t) => {
  const allowance = new RelayAllowance({ bytesPerMs: 100, packetsPerMs: 1_000 }, 0);
  t.ok(allowance.take(4_000, 0));
  t.notOk(allowance.take(1_001, 0));
  t.ok(allowance.take(1_000, 0), 'a refused one costs nothing');
  t.notOk(allowance.take(100, 0.9));
  t.ok(allowance.take(100, 1));
  t.notOk(allowance.take(1, 1));
  t.ok(allowance.take(5_000, 3_600_000), 'an hour of idleness saves no more than 50 ms');
  t.notOk(allowance.take(1, 3_600_000));
});

t.test('as many packets as go with the bytes', async (t) => {
  t.same(relayLimits(12_500), { bytesPerMs: 12_500, packetsPerMs: 20 });
});

t.test('packets, however small', async (t) => {
  const allowance = new RelayAllowance({ bytesPerMs: 1_000_000, packetsPerMs: 2 }, 0);
  let passed = 0;
  for (let count = 0; count < 1_000; count++) if (allowance.take(64, 0)) passed++;
  t.equal(passed, 100);
  for (let nowMs = 1; nowMs <= 1_000; nowMs++)
    for (let count = 0; count < 10; count++) if (allowance.take(64, nowMs)) passed++;
  t.equal(passed, 2_100);
});

t.test('a clock that goes back brings nothing and takes nothing', async (t) => {
  const allowance = new RelayAllowance({ bytesPerMs: 100, packetsPerMs: 1 }, 1_000);
  t.ok(allowance.take(5_000, 1_000));
  t.notOk(allowance.take(1, 500));
  t.ok(allowance.take(50, 501));
});
