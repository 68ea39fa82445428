import { CITIES, type City, UNSEEN_CITIES } from '../fixtures/exit-cities.ts';
import { ExitTrial, summarize, type TrialOptions } from '../fixtures/exit-trial.ts';
import { seeded } from '../fixtures/exit-world.ts';

/** Clients and exits drawn by seed from a table of cities. */
interface SetGroup {
  readonly name: string;
  readonly cities: readonly City[];
  readonly firstSeed: number;
  readonly sets: number;
  readonly exits: number;
  readonly badGeoShare: number;
  readonly oddPathShare: number;
  readonly declaresPosition: boolean;
}

const USUAL = { exits: 12, badGeoShare: 0.15, oddPathShare: 0, declaresPosition: true };
const UNSEEN = { ...USUAL, cities: UNSEEN_CITIES };

/** Only the first was seen while the choice was tuned. */
const GROUPS: readonly SetGroup[] = [
  { ...USUAL, name: 'seen while tuning', cities: CITIES, firstSeed: 101, sets: 40 },
  { ...USUAL, name: 'other seeds', cities: CITIES, firstSeed: 2_001, sets: 20 },
  { ...UNSEEN, name: 'other cities and seeds', firstSeed: 3_001, sets: 40 },
  {
    ...UNSEEN,
    name: 'other cities and seeds, exits declare their country only',
    firstSeed: 4_001,
    sets: 40,
    declaresPosition: false,
  },
  { ...UNSEEN, name: 'and 30 % wrong positions', firstSeed: 5_001, sets: 20, badGeoShare: 0.3 },
  { ...UNSEEN, name: 'and a tenth of paths up to three times as long', firstSeed: 6_001, sets: 20, oddPathShare: 0.1 },
  { ...UNSEEN, name: 'and 30 exits', firstSeed: 7_001, sets: 20, exits: 30 },
  { ...UNSEEN, name: 'and 5 exits', firstSeed: 8_001, sets: 20, exits: 5 },
];

const SITES = 2_000;

function trialOf(group: SetGroup, seed: number): ExitTrial {
  const random = seeded(seed * 7_919);
  const shuffled = group.cities
    .map((each) => ({ each, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ each }) => each);
  const options: TrialOptions = {
    ...group,
    seed,
    sites: SITES,
    client: shuffled[0]!,
    exits: shuffled.slice(1, 1 + group.exits),
  };
  return new ExitTrial(options);
}

/** How many pins moved that should not have: in a day of use, and when an exit that was gone came back. */
function needlessMoves(trial: ExitTrial): number {
  const sites = trial.sites.slice(0, 200);
  const connectAll = (): (number | null)[] => sites.map((site) => trial.connect(site).exit);
  const first = connectAll();
  trial.pass(8 * 3_600_000);
  const later = connectAll();
  trial.setStates((exit) => (exit === first[0] ? 'down' : 'up'));
  trial.pass(31_000);
  const without = connectAll();
  trial.setStates(() => 'up');
  trial.pass(60_000);
  const back = connectAll();
  const changed = (a: readonly (number | null)[], b: readonly (number | null)[]): number =>
    a.filter((exit, index) => exit !== b[index]).length;
  const kept = first.map((exit, index) => (exit === first[0] ? without[index]! : exit));
  return changed(first, later) + changed(kept, without) + changed(without, back);
}

/** Rows of a table: how often the first pick is within 10 % + 5 ms of the best exit, and what it takes. */
export function benchExitChoice(): string[] {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const rows = GROUPS.map((group) => {
    const all = Array.from({ length: group.sets }, (_, index) => {
      const trial = trialOf(group, group.firstSeed + index);
      const summary = summarize(trial.sites.map((site) => trial.firstPick(site)));
      return { ...summary, slowness: summary.firstMs / (1.3 * summary.pinnedMs + 20), moves: needlessMoves(trial) };
    });
    const mean = (value: (set: (typeof all)[number]) => number): number =>
      all.reduce((sum, set) => sum + value(set), 0) / all.length;
    const cells = [
      group.name,
      `${group.firstSeed} to ${group.firstSeed + group.sets - 1}`,
      percent(mean(({ good }) => good)),
      percent(Math.min(...all.map(({ good }) => good))),
      `${all.filter(({ good }) => good >= 0.95).length} of ${group.sets}`,
      [mean(({ origin }) => origin), mean(({ cdn }) => cdn), mean(({ anycast }) => anycast)].map(percent).join(', '),
      percent(mean(({ nearest }) => nearest)),
      `${mean(({ meanProbes }) => meanProbes).toFixed(2)}, ${Math.max(...all.map(({ mostProbes }) => mostProbes))}`,
      `${mean(({ firstMs }) => firstMs).toFixed(0)}, ${mean(({ pinnedMs }) => pinnedMs).toFixed(0)}`,
      `${all.filter(({ slowness }) => slowness <= 1).length} of ${group.sets}`,
      all.reduce((sum, { moves }) => sum + moves, 0),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = [
    'sets',
    'seeds',
    'good picks',
    'worst set',
    'sets with 95 %',
    'origin, CDN, anycast',
    'the nearest exit alone',
    'probes, most',
    'first and pinned connection, ms',
    'within 1.3 x + 20 ms',
    'needless moves',
  ];
  return [`| ${head.join(' | ')} |`, `|${'---|'.repeat(head.length)}`, ...rows];
}
