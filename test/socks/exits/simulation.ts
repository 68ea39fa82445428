import t from 'tap';
import { CITIES, city, TUNED_EXITS } from '../../fixtures/exit-cities.ts';
import { ExitTrial, summarize, type TrialOptions } from '../../fixtures/exit-trial.ts';

// Rows over more sets, drawn by seed, are in `npm run bench`.

const OPTIONS: TrialOptions = {
  seed: 1,
  client: city('Zurich'),
  exits: TUNED_EXITS,
  sites: 2_000,
  badGeoShare: 0.15,
  cities: CITIES,
  declaresPosition: true,
};

for (const client of ['Zurich', 'Toronto', 'Seoul']) {
  t.test(`2,000 sites from ${client}: first picks, probes, and how long a first connection takes`, async (t) => {
    const trial = new ExitTrial({ ...OPTIONS, client: city(client) });
    const all = summarize(trial.sites.map((site) => trial.firstPick(site)));
    t.comment(JSON.stringify(all));
    t.ok(all.good >= 0.95, `${all.good} of first picks are within 10 % + 5 ms of the best exit`);
    t.ok(all.mostProbes <= 3);
    t.ok(all.firstMs <= 1.3 * all.pinnedMs + 20, `${all.firstMs} ms at first, ${all.pinnedMs} ms by a pin`);
  });
}

t.test('no pin moves for speed, and no exit that returns takes anything back', async (t) => {
  const trial = new ExitTrial({ ...OPTIONS, sites: 300 });
  const places = new Map(trial.sites.map((site) => [site, trial.connect(site).exit]));
  const connectAll = (): number => {
    let moves = 0;
    for (const site of trial.sites) {
      const { exit, events } = trial.connect(site);
      if (exit !== places.get(site)) moves++;
      const said = events.filter(({ type }) => type === 'moved').length;
      if (said !== (exit === places.get(site) ? 0 : 1)) t.fail(`${site.name} moved ${said} times, as is said`);
      places.set(site, exit);
    }
    return moves;
  };
  // Sites are connected to over days; paths vary, and nothing moves.
  for (let day = 0; day < 3; day++) {
    trial.pass(8 * 3_600_000);
    t.equal(connectAll(), 0);
  }
  const gone = places.get(trial.sites[0]!)!;
  const atGone = [...places.values()].filter((exit) => exit === gone).length;
  trial.setStates((exit) => (exit === gone ? 'down' : 'up'));
  trial.pass(31_000);
  t.equal(connectAll(), atGone, 'those of the exit that is gone, once');
  trial.setStates(() => 'up');
  t.equal(connectAll(), 0, 'it is back, and nothing moves');
  // A restart is shorter than the suspension.
  trial.setStates((exit) => (exit === places.get(trial.sites[0]!) ? 'down' : 'up'));
  trial.pass(20_000);
  trial.setStates(() => 'up');
  t.equal(connectAll(), 0);
});
