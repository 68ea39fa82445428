import fc from 'fast-check';
import t from 'tap';
import type { ExitView } from '../../../socks/exits/exit-view.ts';
import { nodeId } from '../fixtures/node-ids.ts';
import { WALL_MS, ask, at, exit, setup, words } from './fixtures/chooser-setup.ts';

const OPENED = { connectMs: 1, destination: null };

t.test('an exit that stays away: repin in the same country first, hold, or fail', async (t) => {
  for (const [whenDown, early, late] of [
    ['repin', '', 'a from 2 to 4: exit-gone, a by 4 only'],
    ['hold', '', ''],
    ['fail', 'a nowhere', 'a nowhere'],
  ] as const) {
    const { chooser } = setup([exit(2)]);
    chooser.choose(ask('a', { whenDown }), at(0));
    const others = [exit(3, 'up', 1, 'JP'), exit(4, 'up', 99, 'DE')];
    chooser.nodesChanged([exit(2, 'down'), ...others], at(10));
    t.equal(words(chooser.choose(ask('a', { whenDown }), at(29_000))), early, whenDown);
    chooser.tick(at(30_009));
    t.equal(
      words([...chooser.tick(at(30_010)), ...chooser.choose(ask('a', { whenDown }), at(30_010))]).split(
        ', a by 4 pinned',
      )[0],
      late,
      whenDown,
    );
    const back = [exit(2), ...others];
    chooser.nodesChanged(back, at(31_000));
    chooser.tick(at(40_000));
    const [pinned] = chooser.choose(ask('a', { whenDown }), at(40_001));
    t.match(pinned, { type: 'decided', exit: whenDown === 'repin' ? 4 : 2 }, 'who returns takes nothing back');
  }
});

t.test('hold: every connection waits for the deadline, then fails, for as long as the exit stays away', async (t) => {
  const { chooser, pins } = setup([exit(2)]);
  const hold = ask('a', { whenDown: 'hold' });
  chooser.choose(hold, at(0));
  const away = [exit(2, 'down'), exit(3)];
  chooser.nodesChanged(away, at(10));
  for (const askedMs of [20, 29_000, 60_000, 3_600_000]) {
    t.equal(words(chooser.choose(hold, at(askedMs))), '', `asked at ${askedMs}`);
    t.equal(words(chooser.tick(at(askedMs + 4_999))), '');
    t.match(chooser.tick(at(askedMs + 5_000)), [{ type: 'no-exit', site: 'a', isAnyUp: true }]);
    t.equal(chooser.wakeAtMs, null);
  }
  chooser.choose(hold, at(7_200_000));
  t.equal(words(chooser.nodesChanged([exit(2), exit(3)], at(7_203_000))), 'a by 2 pinned', 'who waited gets it');
  t.equal(pins.all(WALL_MS)[0]!.moves.length, 0);
});

t.test('all exits down: at once, whatever the rule and wherever the pin', async (t) => {
  for (const whenDown of ['repin', 'hold', 'fail'] as const) {
    for (const pinned of [true, false]) {
      for (const afterMs of [1, 31_000]) {
        const { chooser } = setup([exit(2)]);
        if (pinned) chooser.choose(ask('a', { whenDown }), at(0));
        const down = [exit(2, 'down'), exit(3, 'down')];
        chooser.nodesChanged(down, at(1));
        const why = `${whenDown}, ${pinned ? 'pinned' : 'new'}, after ${afterMs} ms`;
        const [event] = chooser.choose(ask('a', { whenDown }), at(1 + afterMs));
        t.match(event, { type: 'no-exit', site: 'a', isAnyUp: false }, why);
        t.equal(chooser.wakeAtMs, null, why);
      }
    }
    const fixed = { whenDown, policy: { type: 'exit', exit: nodeId(2) } } as const;
    const { chooser } = setup([exit(2, 'down'), exit(3, 'down')]);
    t.match(chooser.choose(ask('a', fixed), at(1)), [{ type: 'no-exit', isAnyUp: false }], `exit 2, ${whenDown}`);
  }
});

t.test('exits that never answered since the start are waited for once, not for ever', async (t) => {
  const dead = [exit(2, 'connecting', null), exit(3, 'connecting', null)];
  const { chooser } = setup(dead);
  t.equal(words(chooser.choose(ask('a'), at(0))), '');
  t.equal(words(chooser.tick(at(5_000))), 'a nowhere', 'after 5 s');
  t.equal(words(chooser.choose(ask('a'), at(9_999))), '');
  t.equal(words(chooser.nodesChanged(dead, at(10_000))), 'a nowhere');
  t.equal(words(chooser.choose(ask('a'), at(10_001))), 'a nowhere', 'from then on at once');
  t.equal(words(chooser.nodesChanged([exit(2), dead[1]!], at(20_000))), '');
  t.not(words(chooser.choose(ask('a'), at(20_500))), 'a nowhere', 'until one is up');
});

t.test(
  'a rule names an exit that stays away: its site waits for it, then goes to one other and moves no pin',
  async (t) => {
    const others = [exit(3, 'up', 2, 'JP'), exit(4, 'up', 9, 'FR')];
    const { chooser, pins } = setup([exit(2, 'up', 50), ...others]);
    const second = { policy: { type: 'exit', exit: nodeId(2) }, whenDown: 'repin' } as const;
    pins.pin('a', others[1]!.identity, 'measured', WALL_MS);
    for (const site of ['a', 'b']) t.equal(words(chooser.choose(ask(site, second), at(0))), `${site} by 2 rule`);
    chooser.nodesChanged([exit(2, 'down'), ...others], at(1));
    t.equal(words(chooser.choose(ask('a', second), at(1))), '', 'a restart moves nobody');
    t.equal(words(chooser.nodesChanged([exit(2), ...others], at(3_000))), 'a by 2 rule');
    chooser.nodesChanged([exit(2, 'down'), ...others], at(4_000));
    for (const nowMs of [34_000, 34_001, 35_000]) {
      t.equal(words(chooser.choose(ask('a', second), at(nowMs))), 'a by 4 pinned', 'whoever is nearer');
    }
    t.equal(words(chooser.choose(ask('b', second), at(35_000))), 'open 3, open 4');
    const key = chooser.keyOf(ask('b', second));
    t.equal(words(chooser.raceOpened(key, nodeId(3), OPENED, at(35_003))), 'b from 2 to 3: exit-gone, b by 3 race');
    t.equal(words(chooser.choose(ask('b', second), at(36_000))), 'b by 3 pinned');
    chooser.nodesChanged([exit(2), ...others], at(37_000));
    for (const site of ['a', 'b']) t.equal(words(chooser.choose(ask(site, second), at(37_000))), `${site} by 2 rule`);
    t.same(
      pins.all(WALL_MS).flatMap(({ moves }) => moves),
      [],
    );
  },
);
t.test('an exit that nobody knows, or that never answered, is waited for at the start only', async (t) => {
  const wanted = (number: number, whenDown: 'fail' | 'hold' | 'repin') =>
    ask('a', { policy: { type: 'exit', exit: nodeId(number) }, whenDown });
  for (const number of [3, 9]) {
    const exits = [exit(2), exit(3, 'connecting', null)];
    const { chooser } = setup(exits);
    t.equal(words(chooser.choose(wanted(number, 'fail'), at(100))), '');
    t.equal(words(chooser.tick(at(5_100))), 'a nowhere', 'after 5 s');
    t.equal(words(chooser.choose(wanted(number, 'fail'), at(20_000))), 'a nowhere', 'then at once');
    chooser.choose(wanted(number, 'repin'), at(20_000));
    const moved = number === 3 ? 'a from 3 to 2: exit-gone, ' : '';
    t.equal(words(chooser.tick(at(20_400))), `${moved}a by 2 only`);
    t.equal(words(chooser.choose(wanted(number, 'hold'), at(20_000))), '', 'as the rule wants it');
    t.equal(words(chooser.tick(at(25_000))), 'a nowhere');
  }
});

t.test('an exit that is about to leave keeps its sites, and gets no new ones', async (t) => {
  const leaving = (id: number, state: ExitView['state'] = 'up'): ExitView => ({
    ...exit(id, state, 1),
    draining: { leavesAtS: null },
  });
  const { chooser } = setup([exit(2, 'up', 1), exit(3, 'connecting', 90)]);
  chooser.choose(ask('a'), at(0));
  t.equal(words(chooser.tick(at(400))), 'a by 2 only');
  chooser.nodesChanged([leaving(2), exit(3, 'up', 90)], at(401));
  t.equal(words(chooser.choose(ask('a'), at(402))), 'a by 2 pinned');
  t.equal(words(chooser.choose(ask('b'), at(403))), 'b by 3 only');
  const byName = ask('c', { policy: { type: 'exit', exit: nodeId(2) } });
  t.equal(words(chooser.choose(byName, at(404))), 'c by 2 rule', 'who asks for it by number gets it');
  chooser.nodesChanged([leaving(2), exit(3, 'down', 90)], at(405));
  t.equal(words(chooser.choose(ask('d'), at(406))), 'd nowhere', 'at once: nobody is coming');
  t.equal(words(chooser.choose(ask('a'), at(407))), 'a by 2 pinned');
  chooser.nodesChanged([leaving(2, 'down'), exit(3, 'up', 90)], at(408));
  t.equal(words(chooser.choose(ask('a'), at(409))), '', 'it waits');
  t.equal(words(chooser.tick(at(5_409))), 'a nowhere');
  t.equal(words(chooser.choose(ask('a'), at(30_409))), 'a from 2 to 3: exit-gone, a by 3 only');
  chooser.nodesChanged([exit(2, 'up', 1), exit(3, 'up', 90)], at(30_410));
  t.equal(words(chooser.choose(ask('a'), at(30_411))), 'a by 3 pinned', 'and steals nothing back');
});

t.test('sites wait for an exit that said when it is back, and go on there at once', async (t) => {
  const { chooser } = setup([exit(2)]);
  t.equal(words(chooser.choose(ask('a'), at(0))), 'a by 2 only');
  const away = { ...exit(2, 'down'), backInMs: 300_000 };
  chooser.nodesChanged([away, exit(3)], at(1_000));
  t.equal(words(chooser.choose(ask('a'), at(200_000))), '');
  t.equal(words(chooser.tick(at(205_000))), 'a nowhere', 'refused, not moved');
  t.equal(words(chooser.choose(ask('a'), at(300_500))), '');
  t.equal(words(chooser.nodesChanged([exit(2), exit(3)], at(300_600))), 'a by 2 pinned');
  chooser.nodesChanged([{ ...exit(2, 'down'), backInMs: 300_000 }, exit(3)], at(301_000));
  chooser.choose(ask('a'), at(600_900));
  t.equal(words(chooser.tick(at(601_000))), 'a from 2 to 3: exit-gone, a by 3 only', 'until then and no longer');
});

t.test('racers that die are replaced, and in the end it says so', async (t) => {
  const { chooser } = setup([exit(2, 'up', 10), exit(3, 'up', 20)]);
  const key = chooser.keyOf(ask('a'));
  chooser.choose(ask('a'), at(0));
  t.equal(words(chooser.nodesChanged([exit(2, 'down'), exit(3, 'down'), exit(4), exit(5)], at(1))), 'open 4, open 5');
  chooser.raceFailed(key, nodeId(4), 'failed', at(2));
  t.equal(words(chooser.raceFailed(key, nodeId(5), 'timed-out', at(3))), 'timed-out');
  t.equal(words(chooser.raceOpened(key, nodeId(5), OPENED, at(4))), '', 'nothing is pending any more');
});

t.test(
  'whatever the exits do: a site moves only off an exit that is gone for long, to one that is up, and says so',
  async () => {
    const state = fc.constantFrom<ExitView['state'][]>('up', 'suspect', 'connecting', 'down', 'idle');
    const change = fc.tuple(state, state, state);
    fc.assert(
      fc.property(fc.array(fc.tuple(change, fc.nat(20_000)), { maxLength: 40 }), (changes) => {
        const { chooser, pins } = setup([]);
        const key = chooser.keyOf(ask('a'));
        let nowMs = 0;
        let goodAtMs = 0;
        const pinned = (): string | null => pins.all(WALL_MS)[0]?.exit ?? null;
        for (const [states, waitMs] of changes) {
          nowMs += waitMs;
          const exits = states.map((each, index) => exit(index + 1, each, 10 - index));
          const before = pinned();
          const wasAt = exits.find(({ identity }) => identity === before);
          const events = [
            ...chooser.nodesChanged(exits, at(nowMs)),
            ...chooser.tick(at(nowMs)),
            ...chooser.choose(ask('a'), at(nowMs)),
          ];
          for (const event of [...events]) {
            if (event.type === 'open') events.push(...chooser.raceOpened(key, event.exit, OPENED, at(nowMs)));
          }
          const after = pinned();
          const moved = before !== null && before !== after;
          if (moved !== events.some(({ type }) => type === 'moved')) return false;
          if (moved && (wasAt?.state === 'up' || wasAt?.state === 'suspect')) return false;
          if (moved && wasAt?.state === 'down' && nowMs - goodAtMs < 5_000) return false;
          const isAt = exits.find(({ identity }) => identity === after);
          if (moved && isAt?.state !== 'up') return false;
          if (isAt?.state === 'up' || isAt?.state === 'suspect') goodAtMs = nowMs;
        }
        return true;
      }),
      { seed: 7 },
    );
  },
);
