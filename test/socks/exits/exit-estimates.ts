import t from 'tap';
import { ExitEstimates, type Way } from '../../../socks/exits/exit-estimates.ts';
import { exitNumber } from './fixtures/exits.ts';

const WALL = Date.UTC(2026, 5, 1);
const HOUR = 3_600_000;
const way: Way = {
  exit: exitNumber(1),
  site: 'a.example',
  network: '192.0.2.0/24',
  country: 'DE',
  exitRoundTripMs: 20,
};
const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;

t.test('nothing known: the prior', async (t) => {
  const estimates = new ExitEstimates();
  t.match(estimates.estimate(way, null, WALL), { roundTripMs: 35, failureRate: 0, samples: 0, fresh: false });
  t.match(estimates.estimate(way, 625, WALL), { roundTripMs: 35, deviationMs: 3.75, costMs: 36.875 });
});

t.test('samples draw the estimate, which holds when the client moves', async (t) => {
  const estimates = new ExitEstimates();
  for (let n = 0; n < 3; n++) estimates.learnRoundTrip(way, 120, WALL);
  const here = estimates.estimate(way, 625, WALL);
  t.ok(near(here.roundTripMs, 20 + (15 * 3 + 100 * 3) / 6));
  t.ok(here.fresh);
  const moved = estimates.estimate({ ...way, exitRoundTripMs: 200 }, 625, WALL);
  t.ok(near(moved.roundTripMs - here.roundTripMs, 180));
  t.ok(estimates.estimate(way, 625, WALL + 12 * HOUR).fresh);
  t.notOk(estimates.estimate(way, 625, WALL + 48 * HOUR).fresh, 'three samples grow old');
  t.ok(near(estimates.estimate(way, 625, WALL + 10_000 * HOUR).roundTripMs, 35), 'and are forgotten');
});

t.test('two samples are too few to compare', async (t) => {
  const estimates = new ExitEstimates();
  for (let n = 0; n < 2; n++) estimates.learnLeg(way, 10, WALL);
  t.notOk(estimates.estimate(way, null, WALL).fresh);
});

t.test('legs help the network and the country, for this exit only, as hints', async (t) => {
  const estimates = new ExitEstimates();
  for (let n = 0; n < 16; n++) estimates.learnLeg(way, 95, WALL);
  const country = (3 * 15 + 3 * 95) / 6;
  const network = (3 * country + 8 * 95) / 11;
  const of = (other: Partial<Way>): number => estimates.estimate({ ...way, ...other }, null, WALL).roundTripMs - 20;
  t.ok(near(of({ site: 'b', network: null }), country));
  t.ok(near(of({ site: 'b', country: null }), (3 * 15 + 8 * 95) / 11));
  t.ok(near(of({ site: 'b' }), network));
  t.ok(near(of({}), (3 * network + 16 * 95) / 19));
  t.equal(of({ site: 'b', network: null, country: null }), 15);
  t.equal(of({ exit: exitNumber(2) }), 15);
});

t.test('round trips hold the thinking of the site, so its network learns nothing from them', async (t) => {
  const estimates = new ExitEstimates();
  estimates.learnRoundTrip(way, 500, WALL);
  t.equal(estimates.estimate({ ...way, site: 'b' }, null, WALL).roundTripMs, 35);
});

t.test('failures cost, and are forgiven within hours', async (t) => {
  const estimates = new ExitEstimates();
  const before = estimates.estimate(way, null, WALL).costMs;
  estimates.learnOutcome(way, false, WALL);
  const { failureRate, costMs } = estimates.estimate(way, null, WALL);
  t.equal(failureRate, 0.25);
  t.ok(near(costMs - before, 750));
  estimates.learnOutcome(way, true, WALL);
  t.ok(estimates.estimate(way, null, WALL).failureRate < 0.25);
  t.ok(estimates.estimate(way, null, WALL + 24 * HOUR).failureRate < 0.001);
});

t.test('no sample: what can be no time', async (t) => {
  const estimates = new ExitEstimates();
  for (const bad of [NaN, -1, Infinity, 30_001]) {
    estimates.learnRoundTrip(way, bad, WALL);
    estimates.learnLeg(way, bad, WALL);
  }
  t.same(estimates.sizes, { sites: 0, networks: 0 });
  estimates.learnRoundTrip(way, 5, WALL);
  t.ok(estimates.estimate(way, null, WALL).roundTripMs >= 20, 'shorter than the way to the exit: nothing beyond');
});

t.test('saved and read back; anything else is as good as nothing', async (t) => {
  const estimates = new ExitEstimates();
  estimates.learnLeg(way, 40, WALL);
  const copy = new ExitEstimates(JSON.parse(JSON.stringify(estimates.saved())));
  t.same(copy.estimate(way, 100, WALL), estimates.estimate(way, 100, WALL));
  for (const bad of [
    null,
    3,
    [],
    {},
    { version: 2, sites: estimates.saved().sites },
    { version: 1 },
    { version: 1, sites: 3 },
  ])
    t.same(new ExitEstimates(bad).sizes, { sites: 0, networks: 0 });
});

t.test('1,000,000 sites stay bounded', async (t) => {
  const estimates = new ExitEstimates();
  for (let n = 0; n < 1_000_000; n++)
    estimates.learnLeg({ ...way, site: `${n}`, network: `${n >> 1}`, exit: way.exit }, 10, WALL);
  t.same(estimates.sizes, { sites: 20_000, networks: 10_000 });
  t.ok(estimates.estimate({ ...way, site: '999999' }, null, WALL).samples === 1);
  t.ok(JSON.stringify(estimates.saved()).length < 16 * 1024 * 1024);
});
