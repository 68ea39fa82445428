import t from 'tap';
import { ExitEstimates } from '../../../socks/exits/exit-estimates.ts';
import { ExitOutlook } from '../../../socks/exits/exit-outlook.ts';
import { testIdentity } from '../fixtures/node-view.ts';

const WALL_MS = Date.UTC(2026, 0, 1);
const germany = { identity: testIdentity(1), country: 'DE' };
const japan = { identity: testIdentity(2), country: 'JP' };
const tokyo = { address: Uint8Array.of(192, 0, 2, 1), country: 'JP', position: { latitude: 35.7, longitude: 139.7 } };

t.test(
  'where a site is counts by distance, from the middle of the country or the place that an exit declares',
  async (t) => {
    const outlook = new ExitOutlook({ estimates: new ExitEstimates() });
    const costMs = (exit: typeof germany): number => outlook.estimate(exit, 10, 'a.test', WALL_MS).costMs;
    t.equal(costMs(germany), costMs(japan), 'nothing is known');
    outlook.connected(germany, 10, 'b.test', { connectMs: 1, destination: tokyo }, WALL_MS);
    t.equal(outlook.destinationOf('a.test'), null);
    const ms = (exit: typeof germany): number => outlook.estimate(exit, 10, 'a.test', WALL_MS, tokyo).roundTripMs;
    t.ok(ms(germany) > ms(japan) + 50);
    const osaka = { ...germany, position: { latitude: 34.7, longitude: 135.5 } };
    t.ok(ms(osaka) < ms(germany));
    t.equal(outlook.countryOf(japan.identity), 'JP');
    t.equal(outlook.countryOf(testIdentity(9)), null);
  },
);

t.test('what is learned: time to connect for neighbours too, round trips and failures for the site', async (t) => {
  const outlook = new ExitOutlook({ estimates: new ExitEstimates() });
  const place = { ...tokyo, position: null };
  for (let count = 0; count < 3; count++)
    outlook.connected(japan, 10, 'a.test', { connectMs: 200, destination: place }, WALL_MS);
  t.equal(outlook.destinationOf('a.test'), place);
  const before = outlook.estimate(japan, 10, 'a.test', WALL_MS);
  t.ok(before.fresh);
  t.ok(outlook.estimate(japan, 10, 'other.test', WALL_MS, place).roundTripMs > 60, 'the same network');
  outlook.firstRoundTrip(japan, 10, 'a.test', 20, WALL_MS);
  t.ok(outlook.estimate(japan, 10, 'a.test', WALL_MS).roundTripMs < before.roundTripMs);
  outlook.failed(japan, 10, 'a.test', WALL_MS);
  t.ok(outlook.estimate(japan, 10, 'a.test', WALL_MS).failureRate > 0);
});

t.test('a head office teaches its country nothing about how far it is', async (t) => {
  const outlook = new ExitOutlook({ estimates: new ExitEstimates() });
  const toTokyoMs = (): number => outlook.estimate(germany, 10, 'new.test', WALL_MS, elsewhere).roundTripMs;
  const elsewhere = { ...tokyo, address: Uint8Array.of(198, 51, 100, 1) };
  const before = toTokyoMs();
  for (let count = 0; count < 8; count++)
    outlook.connected(germany, 10, `anycast-${count}.test`, { connectMs: 4, destination: tokyo }, WALL_MS);
  t.equal(toTokyoMs(), before, 'no light is that fast');
  t.ok(
    outlook.estimate(germany, 10, 'new.test', WALL_MS, tokyo).roundTripMs < before - 60,
    'but who is in that very network is as near',
  );
  outlook.connected(germany, 10, 'there.test', { connectMs: 210, destination: tokyo }, WALL_MS);
  t.ok(toTokyoMs() > before, 'what may be true is learned');
});
