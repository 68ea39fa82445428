import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { ExitEstimates } from '../../socks/exits/exit-estimates.ts';
import { Pins } from '../../socks/exits/pins.ts';
import { testIdentity } from './fixtures/node-view.ts';
import { CITIES, city, TUNED_EXITS } from '../fixtures/exit-cities.ts';
import { BrowserLoad } from '../fixtures/browser-load.ts';

const OPTIONS = { seed: 3, client: city('Zurich'), exits: TUNED_EXITS, cities: CITIES };
const NOTHING = { connecting: 0, deciding: 0, racing: 0, inUse: 0 };

t.test(
  'however many sites were seen, every table has its bound, and the last seen are the ones that are kept',
  async (t) => {
    const load = new BrowserLoad(OPTIONS);
    const sites = 21_000;
    for (let site = 0; site < sites; site++) {
      load.connect(site, (outcome) => {
        if (outcome.type !== 'opened') throw new Error(outcome.reason);
        outcome.observer.ended();
      });
      if (site % 100 === 99) await load.settle();
    }
    t.equal(load.pins.size, 10_000);
    t.same(load.estimates.sizes, { sites: 20_000, networks: 10_000 });
    t.same(load.outlook.sizes, { places: 20_000, countries: 12 });
    t.ok(load.connector.sizes.reachedTargets <= 12 * 4_096);
    t.ok(load.connector.sizes.reachedTargets > 4_096);
    t.match(load.connector.sizes, NOTHING);
    t.ok(load.outlook.destinationOf(`site-${sites - 1}.test`));
    t.equal(load.outlook.destinationOf('site-0.test'), null);
    const pinned = new Set(load.pins.all(Date.UTC(2026, 0, 1)).map(({ site }) => site));
    t.ok(pinned.has(`site-${sites - 1}.test`));
    t.notOk(pinned.has('site-0.test'));
  },
);

t.test('what is on its way is kept while it is, and not longer', async (t) => {
  const load = new BrowserLoad(OPTIONS);
  const cancels = Array.from({ length: 3_000 }, (_, n) => load.connect(n % 1_000, () => t.fail('it was given up')));
  await load.pass(1);
  t.match(load.connector.sizes, { connecting: 3_000, deciding: 1_000, racing: 1_000, inUse: 0, reachedTargets: 0 });
  for (const cancel of cancels) cancel();
  t.same(load.connector.sizes, { ...NOTHING, reachedTargets: 0 });
  let opened = 0;
  for (let n = 0; n < 3_000; n++) load.connect(n % 1_000, () => opened++);
  await load.settle();
  t.equal(opened, 3_000);
  t.match(load.connector.sizes, { connecting: 0, deciding: 0, racing: 0, inUse: 3_000 });
  load.connect(5_000, () => {});
  await load.pass(1);
  load.connector.close();
  t.match(load.connector.sizes, { connecting: 0, deciding: 0, racing: 0 });
});

t.test('a few sites that are used for years need no more memory than at first', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('no garbage collector');
  const wallMs = Date.UTC(2026, 0, 1);
  const pins = new Pins();
  const estimates = new ExitEstimates();
  const exit = testIdentity(2);
  const use = (times: number): number => {
    for (let n = 0; n < times; n++) {
      const site = `site-${n % 1_000}.test`;
      pins.pin(site, exit, 'race', wallMs);
      pins.use(site, wallMs).close(wallMs);
      const way = { exit, site, network: site, country: 'DE', exitRoundTripMs: 1 };
      estimates.learnLeg(way, 1, wallMs);
    }
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = use(2_000);
  t.ok(use(200_000) - before < 5_000_000, 'a map that keeps an iterator keeps all that was deleted from it: 82 MB');
});
