import fc from 'fast-check';
import t from 'tap';
import { ExitRace, type RaceAction } from '../../../socks/exits/exit-race.ts';
import { nodeId } from '../fixtures/node-ids.ts';

const PLACE = { address: Uint8Array.of(192, 0, 2, 1), country: 'JP', position: null };
const NOWHERE = { address: Uint8Array.of(192, 0, 2, 1), country: null, position: null };

/** What exits 1, 2, ... are like: their round trip, and what they are expected to take beyond it to `PLACE`. */
type Exits = readonly (readonly [rttMs: number, beyondMs: number])[];

/** To a site that may be anywhere each exit takes 15 ms beyond its round trip. */
function raceOf(exits: Exits, isKnown = false): ExitRace {
  return new ExitRace({
    racers: exits.map(([rttMs], index) => ({ exit: nodeId(index + 1), rttMs })),
    expect: (exit, place) => {
      const [rttMs, beyondMs] = exits[exit - 1]!;
      const meanMs = place === PLACE ? beyondMs : 15;
      return { costMs: rttMs + meanMs, deviationMs: meanMs / 4 };
    },
    destination: isKnown ? PLACE : null,
    startedMs: 1_000,
  });
}

/** Exits at these round trips that nothing else is known of. */
const at = (...rtts: readonly number[]): Exits => rtts.map((rttMs) => [rttMs, 15]);

function words(actions: readonly RaceAction[]): string {
  return actions.map((action) => `${action.type} ${'exit' in action ? action.exit : action.reason}`).join(', ');
}

t.test('three exits are all asked at once', async (t) => {
  t.equal(words(raceOf(at(30, 10, 20)).start()), 'open 2, open 3, open 1');
  t.equal(words(raceOf(at(30)).start()), 'open 1');
  t.equal(words(raceOf([]).start()), 'lost failed');
});

t.test('of more, the nearest tells where the site is, and the best for that place is next', async (t) => {
  // Exit 5 is next to the site.
  const exits: Exits = [
    [10, 150],
    [20, 140],
    [30, 130],
    [40, 80],
    [100, 5],
  ];
  const race = raceOf(exits);
  t.equal(words(race.start()), 'open 1, locate 1');
  t.equal(race.wakeAtMs, 1_000 + 0.15 * (20 + 15) + 10, 'the second is asked by then whatever is known');
  t.equal(words(race.located(PLACE, 1_012)), '', 'there is still time for the answer of the first');
  t.equal(race.wakeAtMs, 1_000 + 0.15 * 105 + 10);
  t.equal(words(race.tick(1_025.75)), 'open 5');
  t.equal(words(race.tick(1_100)), 'open 4', 'the next best, should distances mislead');
  t.equal(words(race.opened(nodeId(5), 6, null, 1_140)), '');
  t.equal(race.wakeAtMs, 1_100 + (106 - 5) / 1.1 + 20, 'only the one asked last may still be better');
  t.equal(words(race.tick(1_212)), 'won 5');
});

t.test('a place that is known before is gone by at once', async (t) => {
  const race = raceOf(
    [
      [10, 150],
      [20, 140],
      [30, 130],
      [100, 5],
    ],
    true,
  );
  t.equal(words(race.start()), 'open 1');
  t.equal(words(race.tick(1_026)), 'open 4');
});

t.test(
  'whoever answers too early to be where the site is said to be: the nearest are asked, and the place forgotten',
  async (t) => {
    const race = raceOf([
      [10, 250],
      [20, 240],
      [30, 230],
      [100, 5],
    ]);
    race.start();
    t.equal(words(race.located(PLACE, 1_012)), '');
    t.equal(words(race.opened(nodeId(1), 30, PLACE, 1_045)), 'open 2, open 3', '40 ms, and not 260');
  },
);

t.test('nobody is asked who could not be better by a tenth and 5 ms', async (t) => {
  const near = raceOf(at(10, 20, 30, 40));
  near.start();
  t.equal(words(near.opened(nodeId(1), 2, null, 1_012)), 'won 1');
  const some = raceOf(at(10, 20, 30, 40));
  some.start();
  t.equal(words(some.located(NOWHERE, 1_011)), '');
  t.equal(words(some.opened(nodeId(1), 25, NOWHERE, 1_036)), 'open 2', '30 is more than (35 - 5) / 1.1');
});

t.test('a place that nobody tells is not waited for', async (t) => {
  const nowhere = raceOf(at(10, 20, 30, 40, 50));
  nowhere.start();
  t.equal(words(nowhere.located(null, 1_012)), '');
  t.equal(words(nowhere.located(PLACE, 1_013)), '', 'it tells once');
  t.equal(words(nowhere.tick(1_016)), 'open 2');
  t.equal(words(nowhere.tick(1_027)), 'open 3');
  t.equal(nowhere.wakeAtMs, null);
  const silent = raceOf(at(10, 20, 30, 40, 50));
  silent.start();
  t.equal(words(silent.tick(1_016)), 'open 2');
  t.equal(silent.wakeAtMs, 1_160, 'the third waits for the place');
  t.equal(words(silent.tick(1_160)), 'open 3', 'but not for longer');
});

t.test('an answer is waited for as long as it could be better by a tenth and 5 ms', async (t) => {
  const race = raceOf(at(10, 20));
  race.start();
  t.equal(words(race.opened(nodeId(1), 105, null, 1_116)), '');
  t.equal(race.wakeAtMs, 1_000 + (115 - 5) / 1.1 + 20, 'the look-up takes a little, too');
  t.equal(words(race.tick(1_119)), '');
  t.equal(words(race.tick(1_120)), 'won 1');
  t.equal(race.wakeAtMs, null);
  // Exits that are asked later have as long from then on. In these numbers the first to answer would always have won.
  const far = raceOf([
    [111, 120],
    [140, 100],
    [160, 80],
    [165, 5],
  ]);
  far.start();
  t.equal(words(far.tick(1_034)), 'open 2', 'the place comes too late to wait for it');
  t.equal(words(far.located(PLACE, 1_120)), 'open 4');
  t.equal(words(far.opened(nodeId(1), 120, PLACE, 1_240)), '');
  t.equal(words(far.opened(nodeId(2), 100, PLACE, 1_290)), '');
  t.ok(far.wakeAtMs! > 1_300 && far.wakeAtMs! < 1_400);
  t.equal(words(far.opened(nodeId(4), 6, PLACE, 1_299)), 'won 4');
});

t.test('after 3 s the first that answers wins', async (t) => {
  for (const [answerMs, won] of [
    [2_900, ''],
    [3_000, 'won 1'],
  ] as const) {
    const race = raceOf(at(10, 20));
    race.start();
    t.equal(words(race.opened(nodeId(1), 4_000, null, 1_000 + answerMs)), won);
    if (won === '') t.equal(race.wakeAtMs, 4_000);
  }
});

t.test('the lowest of round trip and time to connect wins, as soon as nobody can be better', async (t) => {
  const race = raceOf(at(10, 20, 60));
  race.start();
  t.equal(words(race.opened(nodeId(1), 100, null, 1_110)), '');
  t.equal(words(race.opened(nodeId(2), 30, null, 1_120)), 'won 2', 'exit 3 is 60 ms away');
  t.equal(words(race.opened(nodeId(3), 0, null, 1_121)), '', 'it is over');
});

t.test('failures: the others go on; the nearest one makes room; what says most is told', async (t) => {
  const race = raceOf(at(10, 20, 30));
  race.start();
  t.equal(words(race.failed(nodeId(1), 'timed-out', 1_010)), '');
  t.equal(words(race.failed(nodeId(2), 'connection-refused', 1_020)), '');
  t.equal(words(race.failed(nodeId(3), 'overloaded', 1_030)), 'lost connection-refused');
  const dead = raceOf(at(10, 20, 30, 40));
  dead.start();
  t.equal(words(dead.failed(nodeId(1), 'failed', 1_001)), 'open 2, open 3');
  const closed = raceOf(at(10, 20));
  closed.start();
  closed.opened(nodeId(1), 50, null, 1_060);
  closed.failed(nodeId(1), 'connection-refused', 1_061);
  t.equal(words(closed.tick(2_000)), '', 'a connection that is gone again wins nothing');
  t.equal(words(closed.opened(nodeId(2), 80, null, 2_100)), 'won 2');
});

t.test('whatever comes in whatever order: at most three exits, one end, won by one that opened', async () => {
  const step = fc.record({
    what: fc.constantFrom<('opened' | 'failed' | 'located' | 'tick')[]>('opened', 'failed', 'located', 'tick'),
    exit: fc.integer({ min: 1, max: 6 }),
    value: fc.nat(400),
  });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 }),
      fc.array(step),
      (rtts, steps) => {
        const race = raceOf(at(...rtts));
        let nowMs = 1_000;
        const actions = [...race.start()];
        const open = new Set<number>();
        for (const { what, exit, value } of steps) {
          nowMs += value;
          const entered = actions.some((action) => action.type === 'open' && action.exit === exit);
          if (what === 'tick') actions.push(...race.tick(nowMs));
          else if (what === 'located') actions.push(...race.located(value % 2 === 0 ? PLACE : null, nowMs));
          else if (entered) {
            if (what === 'opened') open.add(exit);
            actions.push(
              ...(what === 'opened'
                ? race.opened(nodeId(exit), value, null, nowMs)
                : race.failed(nodeId(exit), 'timed-out', nowMs)),
            );
          }
        }
        const ends = actions.filter(({ type }) => type === 'won' || type === 'lost');
        const end = ends[0];
        return (
          actions.filter(({ type }) => type === 'open').length <= 3 &&
          ends.length <= 1 &&
          (end === undefined || end === actions.at(-1)) &&
          (end?.type !== 'won' || open.has(end.exit))
        );
      },
    ),
    { seed: 11 },
  );
});
