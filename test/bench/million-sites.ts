import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BrowserLoad } from '../fixtures/browser-load.ts';
import { CITIES, city, TUNED_EXITS } from '../fixtures/exit-cities.ts';

// What a client keeps of 1,000,000 sites, each connected to once: `node dist/test/bench/million-sites.js [SITES]`.

setFlagsFromString('--expose-gc');
const collect: unknown = runInNewContext('gc');
const sites = Number(process.argv[2] ?? 1_000_000);
const load = new BrowserLoad({ seed: 1, client: city('Zurich'), exits: TUNED_EXITS, cities: CITIES });
process.stdout.write(
  '| sites seen | CPU each, us | heap, MB | resident, MB | pins | sites, networks | places | reached |\n',
);
process.stdout.write(`|${'---|'.repeat(8)}\n`);
const before = process.cpuUsage();
for (let site = 0; site < sites; site++) {
  load.connect(site, (outcome) => {
    if (outcome.type === 'opened') outcome.observer.ended();
  });
  if (site % 50 === 49) await load.settle();
  if ((site + 1) % (sites / 10) !== 0) continue;
  const { user, system } = process.cpuUsage(before);
  if (typeof collect === 'function') collect();
  const { heapUsed, rss } = process.memoryUsage();
  const { sites: known, networks } = load.estimates.sizes;
  const cells = [
    site + 1,
    ((user + system) / (site + 1)).toFixed(0),
    (heapUsed / 1e6).toFixed(0),
    (rss / 1e6).toFixed(0),
    load.pins.size,
    `${known}, ${networks}`,
    load.outlook.sizes.places,
    load.connector.sizes.reachedTargets,
  ];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
