import t from 'tap';
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
