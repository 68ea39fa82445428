import fc from 'fast-check';
import t from 'tap';
import { ExitRace, type RaceAction, type Racer } from '../../../socks/exits/exit-race.ts';
import { nodeId } from '../fixtures/node-ids.ts';

const PLACE = { address: Uint8Array.of(192, 0, 2, 1), country: 'JP', position: null };

/** A race of exits 1, 2, ... at these round trips; the prior is the round trip, or best for the last ones where a place is known. */
function raceOf(rtts: readonly number[], isKnown = false, stepMs = 1): ExitRace {
  const racers: Racer[] = rtts.map((rttMs, index) => ({ exit: nodeId(index + 1), rttMs }));
  return new ExitRace({
    racers,
    priorMs: (exit, place) => (place === null ? rtts[exit - 1]! : 100 - stepMs * exit),
    destination: isKnown ? PLACE : null,
    startedMs: 1_000,
  });
}

function words(actions: readonly RaceAction[]): string {
  return actions.map((action) => `${action.type} ${'exit' in action ? action.exit : action.reason}`).join(', ');
}

t.test('who enters: all of three; else the nearest, and the best two for the place', async (t) => {
  t.equal(words(raceOf([30, 10, 20]).start()), 'open 2, open 3, open 1');
  t.equal(words(raceOf([30]).start()), 'open 1');
  t.equal(words(raceOf([10, 20, 30, 40, 50], true).start()), 'open 1, open 5, open 4');
  t.equal(
    words(raceOf([10, 20, 30, 40, 50], true, 6).start()),
    'open 1, open 5, open 2',
    'no second guess: the nearest',
  );
  const race = raceOf([10, 20, 30, 40, 50]);
  t.equal(words(race.start()), 'open 1, locate 1');
  t.equal(words(race.located(PLACE, 1_012)), 'open 5, open 4');
  t.equal(words(race.located(PLACE, 1_013)), '', 'only once');
  const nowhere = raceOf([10, 20, 30, 40, 50]);
  nowhere.start();
  t.equal(words(nowhere.located(null, 1_012)), 'open 2, open 3');
  const silent = raceOf([10, 20, 30, 40, 50]);
  silent.start();
  t.equal(silent.wakeAtMs, 1_160);
  t.equal(words(silent.tick(1_160)), 'open 2, open 3', 'the place is not waited for');
  t.equal(
    words(new ExitRace({ racers: [], priorMs: () => 0, destination: null, startedMs: 0 }).start()),
    'lost failed',
  );
});

t.test('after the first answer the others have a quarter of its time, 20 to 150 ms', async (t) => {
  for (const [answerMs, waitMs] of [
    [40, 20],
    [200, 50],
    [2_000, 150],
    [2_950, 50],
    [4_000, 0],
  ] as const) {
    const race = raceOf([10, 20]);
    race.start();
    const actions = race.opened(nodeId(1), 500, null, 1_000 + answerMs);
    if (waitMs === 0) {
      t.equal(words(actions), 'won 1', 'past the deadline the first wins');
      continue;
    }
    t.equal(words(actions), '');
    t.equal(race.wakeAtMs, 1_000 + answerMs + waitMs);
    t.equal(words(race.tick(1_000 + answerMs + waitMs - 1)), '');
    t.equal(words(race.tick(1_000 + answerMs + waitMs)), 'won 1');
    t.equal(race.wakeAtMs, null);
  }
});

t.test('the lowest of round trip and time to connect wins, as soon as nobody can be better', async (t) => {
  const race = raceOf([10, 20, 60]);
  race.start();
  t.equal(words(race.opened(nodeId(1), 100, null, 1_110)), '');
  t.equal(words(race.opened(nodeId(2), 30, null, 1_120)), 'won 2', 'exit 3 is 60 ms away');
  t.equal(words(race.opened(nodeId(3), 0, null, 1_121)), '', 'it is over');
  const near = raceOf([10, 20, 30, 40]);
  near.start();
  t.equal(words(near.opened(nodeId(1), 2, null, 1_012)), 'won 1', 'nobody else is even asked');
});

t.test('failures: the others go on; the nearest one makes room; what says most is told', async (t) => {
  const race = raceOf([10, 20, 30]);
  race.start();
  t.equal(words(race.failed(nodeId(1), 'timed-out', 1_010)), '');
  t.equal(words(race.failed(nodeId(2), 'connection-refused', 1_020)), '');
  t.equal(words(race.failed(nodeId(3), 'overloaded', 1_030)), 'lost connection-refused');
  const dead = raceOf([10, 20, 30, 40]);
  dead.start();
  t.equal(words(dead.failed(nodeId(1), 'failed', 1_001)), 'open 2, open 3');
  const closed = raceOf([10, 20]);
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
        const race = raceOf(rtts);
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
