import t from 'tap';
import { nodeId } from '../fixtures/node-ids.ts';
import { WALL_MS, ask, at, exit, setup, words } from './fixtures/chooser-setup.ts';

t.test(
  'one exit needs no race; a pin outlasts better exits, suspicion, and the exit being back before it was missed',
  async (t) => {
    const { chooser } = setup([exit(2, 'up', 50)]);
    t.equal(words(chooser.choose(ask('a'), at(0))), 'a by 2 only');
    chooser.nodesChanged([exit(2, 'up', 50), exit(3, 'up', 1)], at(1));
    t.equal(words(chooser.choose(ask('a'), at(1))), 'a by 2 pinned');
    chooser.nodesChanged([exit(2, 'suspect', 50), exit(3, 'up', 1)], at(2));
    t.equal(words(chooser.choose(ask('a'), at(2))), 'a by 2 pinned');
    chooser.nodesChanged([exit(2, 'down', 50), exit(3, 'up', 1)], at(3));
    t.equal(words(chooser.choose(ask('a'), at(3))), '', 'it may come back');
    t.equal(words(chooser.nodesChanged([exit(2, 'up', 50), exit(3, 'up', 1)], at(4))), 'a by 2 pinned');
  },
);

t.test('a race is shared, and its winner is pinned', async (t) => {
  const { chooser, pins } = setup([exit(2, 'up', 10), exit(3, 'up', 20)]);
  const key = chooser.keyOf(ask('a'));
  t.equal(words(chooser.choose(ask('a'), at(0))), 'open 2, open 3');
  t.equal(words(chooser.choose(ask('a'), at(1))), '');
  t.equal(words(chooser.raceOpened(key, nodeId(2), { connectMs: 90, destination: null }, at(100))), '');
  const wakeAtMs = chooser.wakeAtMs!;
  t.ok(wakeAtMs > 100 && wakeAtMs <= 250, 'as long as the race waits for the other');
  t.equal(words(chooser.tick(at(wakeAtMs))), 'a by 2 race');
  t.equal(chooser.wakeAtMs, null);
  t.match(pins.find('a', at(wakeAtMs)), { type: 'live', pin: { reason: 'race' } });
});

t.test('a race that others were faster than moves nothing', async (t) => {
  const japan = exit(5, 'up', 12, 'JP');
  const not = (country: string) => ask('a', { policy: { type: 'countries', allowed: null, forbidden: [country] } });
  const others = not('FR');
  for (const [who, expected] of [
    ['a decision by another rule', 'a by 2 pinned'],
    ['the user', 'a by 3 pinned'],
    ['a decision that the rule forbids', 'a from 5 to 2: rule, a by 2 only'],
  ] as const) {
    const request = who.endsWith('forbids') ? not('JP') : ask('a');
    const { chooser, pins } = setup([exit(2, 'up', 10), exit(3, 'up', 20), japan]);
    const key = chooser.keyOf(request);
    chooser.choose(request, at(0));
    if (who === 'a decision by another rule') {
      chooser.choose(others, at(0));
      chooser.raceOpened(chooser.keyOf(others), nodeId(2), { connectMs: 1, destination: null }, at(12));
    } else pins.pin('a', who === 'the user' ? exit(3).identity : japan.identity, 'user', WALL_MS);
    if (who.endsWith('forbids')) chooser.nodesChanged([exit(2, 'up', 10), japan], at(13));
    const won = chooser.raceOpened(key, nodeId(2), { connectMs: 1, destination: null }, at(14));
    const later = won.length > 0 ? won : chooser.tick(at(chooser.wakeAtMs!));
    t.equal(words(later), expected, who);
  }
});

t.test('two exits with three fresh samples each are compared without a race', async (t) => {
  const { chooser, outlook } = setup([exit(2, 'up', 10), exit(3, 'up', 20), exit(4, 'up', 1)]);
  for (let count = 0; count < 3; count++) {
    outlook.connected(exit(2), 10, 'a', { connectMs: 90, destination: null }, WALL_MS);
    outlook.connected(exit(3), 20, 'a', { connectMs: 5, destination: null }, WALL_MS);
  }
  t.equal(words(chooser.choose(ask('a'), at(0))), 'a by 3 measured');
});

t.test(
  'an exit that comes back in time keeps its sites, those that are asked for meanwhile and the others',
  async (t) => {
    const { chooser, pins } = setup([exit(2)]);
    for (const site of ['a', 'b']) chooser.choose(ask(site), at(0));
    const better = exit(3, 'up', 1);
    chooser.nodesChanged([exit(2, 'down'), better], at(1_000));
    t.equal(words(chooser.choose(ask('a'), at(28_000))), '');
    t.equal(words(chooser.nodesChanged([exit(2), better], at(30_999))), 'a by 2 pinned');
    t.equal(words(chooser.choose(ask('b'), at(99_000))), 'b by 2 pinned');
    chooser.nodesChanged([exit(2, 'down'), better], at(100_000));
    t.equal(words(chooser.choose(ask('b'), at(129_999))), '', 'the next absence counts anew');
    t.same(
      pins.all(WALL_MS).flatMap(({ moves }) => moves),
      [],
    );
  },
);

t.test('policies: countries, one exit, and a pin that they no longer allow', async (t) => {
  const exits = [exit(2, 'up', 1, 'DE'), exit(3, 'up', 2, 'JP')];
  const { chooser } = setup(exits);
  const japan = { policy: { type: 'countries', allowed: ['JP'], forbidden: [] } } as const;
  const second = { policy: { type: 'exit', exit: nodeId(2) }, whenDown: 'fail' } as const;
  t.equal(words(chooser.choose(ask('a', japan), at(0))), 'a by 3 only');
  t.equal(words(chooser.choose(ask('a', second), at(0))), 'a by 2 rule');
  t.equal(words(chooser.choose(ask('a'), at(0))), 'a by 3 pinned', 'what a rule names is no pin');
  const germany = { policy: { type: 'countries', allowed: null, forbidden: ['JP'] } } as const;
  t.equal(words(chooser.choose(ask('a', germany), at(0))), 'a from 3 to 2: rule, a by 2 only');
  chooser.nodesChanged([exit(2, 'down'), exits[1]!], at(1));
  t.equal(words(chooser.choose(ask('b', second), at(1))), 'b nowhere');
  t.equal(
    words(chooser.choose(ask('c', { policy: { type: 'countries', allowed: ['FR'], forbidden: [] } }), at(1))),
    'c nowhere',
  );
});

t.test('right after the start the first to be up is not taken at once, and nobody waits for long', async (t) => {
  const { chooser } = setup([exit(2, 'up', 90), exit(3, 'connecting', null)]);
  t.equal(words(chooser.choose(ask('a'), at(0))), '');
  t.equal(chooser.wakeAtMs, 400);
  t.equal(words(chooser.nodesChanged([exit(2, 'up', 90), exit(3, 'up', 10)], at(100))), 'open 3, open 2');
  t.equal(words(chooser.choose(ask('b'), at(100))), 'open 3, open 2');
  const alone = setup([exit(2, 'up', 90), exit(3, 'connecting', null)]).chooser;
  alone.choose(ask('a'), at(0));
  t.equal(words(alone.tick(at(400))), 'a by 2 only');
  t.equal(words(setup([exit(2, 'down')]).chooser.choose(ask('a'), at(0))), 'a nowhere', 'all down: at once');
  const none = setup([]).chooser;
  t.equal(words(none.choose(ask('a'), at(0))), '');
  t.equal(words(none.tick(at(5_000))), 'a nowhere');
});
