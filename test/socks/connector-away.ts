import t from 'tap';
import { moveText } from '../../socks/exits/exit-event.ts';
import type { WhenDown } from '../../socks/exits/exit-policy.ts';
import { SOCKS5_REPLY, socks5ReplyCode } from '../../socks/ingress/socks5-reply.ts';
import { bound, connectorSetup, WALL_MS } from './fixtures/connector-setup.ts';
import { nodeId } from './fixtures/node-ids.ts';
import { exitView, testIdentity } from './fixtures/node-view.ts';
import { directly, viaCountries, viaExit } from './fixtures/routes.ts';
import { settled } from './fixtures/schedulers.ts';

// Exits that are away, and what the rules say about that.

const [HERE, AWAY] = [exitView(2, 'up', 10, 'DE'), exitView(2, 'down', 10, 'DE')];
const NEAR = exitView(3, 'up', 1, 'JP');
const SAME_COUNTRY = exitView(4, 'up', 90, 'DE');

/** `example.com` is pinned at exit 2, which then goes away; exits 3 (near) and 4 (same country) are up. */
async function setup(whenDown: WhenDown) {
  const made = connectorSetup([HERE], false, () => viaExit({ whenDown }));
  made.ask('example.com');
  await settled();
  made.opened[0]!.far.accept(bound, 1);
  await settled();
  made.heard.length = 0;
  made.events.length = 0;
  made.change(AWAY, NEAR, SAME_COUNTRY);
  await settled();
  const moves = () => made.events.flatMap((event) => (event.type === 'moved' ? [moveText(event)] : []));
  /** Asks, and returns what was answered at once, if anything. */
  const ask = async (): Promise<string | undefined> => {
    const before = made.heard.length;
    made.ask('example.com');
    await settled();
    return made.heard[before];
  };
  return { ...made, ask, moves };
}

t.test('repin: refused after 5 s while it may come back, moved in its country after 30 s, once', async (t) => {
  const { ask, heard, scheduler, exitsOf, opened, moves, change, events } = await setup('repin');
  t.equal(await ask(), undefined);
  scheduler.advance(5_000);
  t.same(heard, ['no-exit']);
  t.match(events, [{ type: 'no-exit', site: 'example.com', isAnyUp: true }]);
  scheduler.advance(25_000);
  t.equal(await ask(), undefined);
  t.same(exitsOf(), [2, 4]);
  t.same(moves(), ['site example.com moved from 2 to 4 because exit 2 stayed away for too long']);
  opened[1]!.far.accept(bound, 3);
  await settled();
  t.equal(heard.at(-1), 'by 4 in 3 ms');
  change(HERE, NEAR, SAME_COUNTRY);
  await ask();
  t.equal(exitsOf().at(-1), 4);
  t.equal(moves().length, 1);
});

t.test('hold: each waits 5 s and fails, for hours; who waits when the exit is back gets it', async (t) => {
  const { ask, heard, scheduler, exitsOf, moves, change, opened } = await setup('hold');
  for (const laterMs of [0, 24_000, 3_600_000]) {
    scheduler.advance(laterMs);
    t.equal(await ask(), undefined);
    scheduler.advance(4_999);
    t.same(heard, [], `after ${laterMs} ms more`);
    scheduler.advance(1);
    t.same(heard.splice(0), ['no-exit']);
  }
  t.equal(socks5ReplyCode('no-exit'), SOCKS5_REPLY.networkUnreachable);
  t.equal(await ask(), undefined);
  scheduler.advance(4_000);
  change(HERE, NEAR, SAME_COUNTRY);
  await settled();
  t.same(exitsOf(), [2, 2]);
  opened[1]!.far.accept(bound, 1);
  await settled();
  t.same(heard, ['by 2 in 1 ms']);
  t.same(moves(), []);
});

t.test('fail: at once, until the exit is back', async (t) => {
  const { ask, change, exitsOf, moves, scheduler } = await setup('fail');
  t.equal(await ask(), 'no-exit');
  scheduler.advance(60_000);
  t.equal(await ask(), 'no-exit');
  t.equal(scheduler.armed, 0);
  change(HERE, NEAR, SAME_COUNTRY);
  t.equal(await ask(), undefined);
  t.same(exitsOf(), [2, 2]);
  t.same(moves(), []);
});

t.test('an exit that is back within 30 s: its open connection goes on, and its site is where it was', async (t) => {
  for (const whenDown of ['repin', 'hold', 'fail'] as const) {
    const { ask, change, opened, exitsOf, moves, scheduler, pins } = await setup(whenDown);
    scheduler.advance(20_000);
    t.notOk(opened[0]!.near.over, 'nobody but the session ends it');
    const early = await ask();
    change(HERE, NEAR, SAME_COUNTRY);
    await settled();
    t.same(exitsOf(), whenDown === 'fail' ? [2] : [2, 2], `${whenDown} ${early}`);
    await ask();
    t.equal(exitsOf().at(-1), 2);
    t.same(moves(), []);
    opened[0]!.far.write(Buffer.from('x'));
    await settled();
    t.equal(opened[0]!.near.read()?.length, 1);
    t.match(pins.all(WALL_MS), [{ exit: testIdentity(2), openStreams: 1, moves: [] }]);
  }
});

t.test('away and back again and again: each absence has its 30 s, and nothing moves', async (t) => {
  const { ask, change, exitsOf, moves, scheduler } = await setup('repin');
  for (let round = 0; round < 10; round++) {
    scheduler.advance(29_999);
    change(HERE, NEAR, SAME_COUNTRY);
    t.equal(await ask(), undefined);
    t.equal(exitsOf().at(-1), 2);
    change(AWAY, NEAR, SAME_COUNTRY);
    // Those that were connecting there wait for it, too.
    scheduler.advance(1);
    await settled();
  }
  t.same(moves(), []);
});

t.test('a rule that no longer lets the site use its exit: moved at once, and it says so', async (t) => {
  let route = viaExit();
  const made = connectorSetup([HERE], false, () => route);
  made.ask('example.com');
  await settled();
  route = viaCountries(['JP']);
  made.change(HERE, NEAR);
  made.ask('example.com');
  await settled();
  t.same(
    made.events.flatMap((event) => (event.type === 'moved' ? [moveText(event)] : [])),
    ['site example.com moved from 2 to 3 because the rules do not allow exit 2 for it'],
  );
  t.same(made.exitsOf(), [2, 3]);
});

t.test('all exits down: at once, pinned or not, whatever the rule; nothing is opened or dialled', async (t) => {
  const routes = [
    ...(['repin', 'hold', 'fail'] as const).flatMap((whenDown) => [
      viaExit({ whenDown }),
      viaExit({ whenDown, site: 'not-pinned.example' }),
      viaExit({ whenDown, policy: { type: 'exit', exit: nodeId(2) } }),
      viaExit({ whenDown, policy: { type: 'countries', allowed: ['DE'], forbidden: [] } }),
      viaExit({ whenDown }, () => directly()),
    ]),
    directly(),
  ];
  for (const afterMs of [0, 31_000]) {
    for (const route of routes) {
      let now = viaExit();
      const made = connectorSetup([HERE], false, () => now);
      made.ask('example.com');
      await settled();
      made.opened[0]!.far.accept(bound, 1);
      await settled();
      made.change(AWAY, exitView(3, 'down', 1, 'JP'));
      made.scheduler.advance(afterMs);
      now = route;
      made.ask('example.com');
      await settled();
      const why = JSON.stringify(route);
      t.same(made.heard.slice(1), ['no-exit'], why);
      t.equal(made.opened.length, 1, why);
      t.same(made.dialled, [], why);
      t.equal(made.scheduler.armed, 0, why);
    }
  }
});

t.test('those who wait for their exit are told at once when the last of the others goes', async (t) => {
  const { ask, heard, change, scheduler } = await setup('hold');
  await ask();
  change(AWAY, exitView(3, 'down', 1, 'JP'), exitView(4, 'down', 90, 'DE'));
  t.same(heard, ['no-exit']);
  t.equal(scheduler.armed, 0);
});

t.test('right after the start: waited for, but not for ever', async (t) => {
  for (const exits of [[], [exitView(2, 'connecting'), exitView(3, 'connecting')]]) {
    const { ask, heard, scheduler, change } = connectorSetup(exits);
    ask('example.com');
    await settled();
    scheduler.advance(4_999);
    t.same(heard, []);
    scheduler.advance(1);
    t.same(heard.splice(0), ['no-exit']);
    scheduler.advance(5_000);
    ask('example.com');
    await settled();
    t.same(heard.splice(0), ['no-exit'], 'nobody was heard of for 10 s: at once');
    t.equal(scheduler.armed, 0);
    change(exitView(2, 'up'));
    ask('example.com');
    await settled();
    t.same(heard, []);
  }
});

t.test('a pin from before the start waits for its exit, while that may come', async (t) => {
  const { pins, ask, heard, scheduler, exitsOf, change } = connectorSetup([exitView(2, 'connecting'), NEAR]);
  pins.pin('example.com', testIdentity(2), 'race', WALL_MS);
  ask('example.com');
  await settled();
  scheduler.advance(4_000);
  t.same(exitsOf(), []);
  change(HERE, NEAR);
  t.same(exitsOf(), [2]);
  t.same(heard, []);
});
