import t from 'tap';
import type { Destination } from '../../mesh/session/target.ts';
import type { Route } from '../../socks/route.ts';
import { bound } from './fixtures/connector-setup.ts';
import { exitView } from './fixtures/node-view.ts';
import { BLOCKED, directly, place, viaCountries, viaExit, viaNode } from './fixtures/routes.ts';
import { settled } from './fixtures/schedulers.ts';
import { GERMAN, JAPANESE, settlingSetup } from './fixtures/settling-setup.ts';

// What rules say that depend on the address, once an exit has told it.

t.test('blocked after an exit connected: it is reset, nothing was sent to the site, and no pin is left', async (t) => {
  const asked: (Destination | null)[] = [];
  const { ask, win, heard, opened, pinned, connector, scheduler } = settlingSetup((destination) => {
    asked.push(destination);
    return BLOCKED;
  });
  ask('example.com');
  await settled();
  await win(place(9, 'DE'));
  t.same(asked, [place(9, 'DE')]);
  t.same(heard, ['not-allowed']);
  t.ok(opened.every(({ far }) => far.over && far.read() === null));
  t.same(pinned(), []);
  t.equal(connector.connecting, 0);
  t.equal(scheduler.armed, 0);
});

t.test('what stays is not asked again, and the pin is kept', async (t) => {
  let times = 0;
  const stay = (): Route => {
    times++;
    return viaExit({}, () => BLOCKED);
  };
  const { ask, win, heard, pinned, opened } = settlingSetup(stay);
  ask('example.com');
  await settled();
  await win(place(9));
  t.same(heard, ['by 2 in 1 ms']);
  t.equal(times, 1);
  t.same(pinned(), ['example.com 2']);
  t.notOk(opened[0]!.far.over);
});

t.test(
  'a site that is pinned is asked about all the same, and keeps its pin where one host is settled away',
  async (t) => {
    const { ask, win, accept, heard, pinned, exitsOf } = settlingSetup((destination) =>
      destination?.address[3] === 66 ? BLOCKED : viaExit(),
    );
    ask('www.example.com');
    await settled();
    await win(place(9));
    ask('ads.example.com');
    await settled();
    await accept(place(66));
    ask('cdn.example.com');
    await settled();
    await accept(place(10));
    t.same(heard, ['by 2 in 1 ms', 'not-allowed', 'by 2 in 1 ms']);
    t.same(exitsOf(), [2, 3, 2, 2]);
    t.same(pinned(), ['example.com 2']);
  },
);

t.test(
  'another exit: the winner of the race is reset, its pin is gone, and nothing is said to have moved',
  async (t) => {
    for (const away of [viaCountries(['JP']), viaNode(3), viaCountries(null, ['DE'])]) {
      const { ask, win, accept, heard, pinned, exitsOf, opened, moves } = settlingSetup(() => away);
      ask('example.com');
      await settled();
      await win(place(9));
      t.same(exitsOf(), [2, 3, 3]);
      t.ok(opened[0]!.far.over);
      t.equal(opened[0]!.far.read(), null);
      await accept(place(9));
      t.same(heard, ['by 3 in 1 ms']);
      t.same(moves(), []);
      t.same(pinned(), away.type === 'exit' && away.request.policy.type === 'exit' ? [] : ['example.com 3']);
    }
  },
);

t.test('a decision for the exit that has connected already takes its stream', async (t) => {
  for (const same of [viaCountries(['DE']), viaNode(2), viaCountries(null, ['JP'])]) {
    const { ask, win, heard, exitsOf, opened, pinned } = settlingSetup(() => same);
    ask('example.com');
    await settled();
    await win(place(9));
    t.same(heard, ['by 2 in 1 ms'], 'without another round trip');
    t.same(exitsOf(), [2, 3]);
    t.notOk(opened[0]!.far.over);
    opened[0]!.far.write(Buffer.from('x'));
    await settled();
    t.equal(opened[0]!.near.read()?.length, 1);
    t.same(pinned(), same.type === 'exit' && same.request.policy.type === 'exit' ? [] : ['example.com 2']);
  }
});

t.test('a stream that the site closed while it was parked is not used', async (t) => {
  // Exit 3 is the one the rules want, and is not up yet: the decision waits.
  const waiting = [GERMAN, exitView(3, 'connecting', null, 'JP')];
  const route = viaExit({ policy: { type: 'exit', exit: GERMAN.id }, whenDown: 'hold' });
  const { ask, accept, heard, opened, change, scheduler, exitsOf } = settlingSetup(() => route, waiting);
  ask('example.com');
  await settled();
  scheduler.advance(400);
  t.same(exitsOf(), [2]);
  change(exitView(2, 'connecting', 1, 'DE'));
  await accept();
  t.same(heard, [], 'it waits for exit 2');
  opened[0]!.far.reset('reset-by-far');
  await settled();
  change(GERMAN);
  t.same(exitsOf(), [2, 2]);
  await accept();
  t.same(heard, ['by 2 in 1 ms']);
});

t.test('who gives up while parked leaves nothing behind', async (t) => {
  const route = viaExit({ policy: { type: 'exit', exit: JAPANESE.id }, whenDown: 'hold' });
  const { ask, accept, heard, opened, pinned, scheduler, connector } = settlingSetup(
    () => route,
    [GERMAN, exitView(3, 'connecting', null, 'JP')],
  );
  const giveUp = ask('example.com');
  await settled();
  scheduler.advance(400);
  await accept();
  t.notOk(opened[0]!.far.over, 'parked');
  giveUp();
  t.ok(opened[0]!.far.over);
  t.same(heard, []);
  t.same(pinned(), []);
  t.equal(connector.connecting, 0);
  t.equal(scheduler.armed, 0);
});

t.test('settled to go directly: the address that the exit told, with its stream reset', async (t) => {
  const { ask, win, heard, dialled, opened, pinned } = settlingSetup(() => directly(() => BLOCKED));
  ask('example.com');
  await settled();
  await win(place(9, 'DE'));
  t.ok(opened.every(({ far }) => far.over));
  t.same(
    dialled.map(({ to }) => to),
    ['192.0.2.9:443 by exit'],
  );
  dialled[0]!.far.accept(bound, 7);
  await settled();
  t.same(heard, ['by itself in 7 ms'], 'what was said with the address in mind is not asked again');
  t.same(pinned(), []);
});

t.test('settled to go directly by an exit that does not tell where to: another question', async (t) => {
  const { ask, win, accept, heard, dialled, opened } = settlingSetup((destination) =>
    directly((told) => (destination === null && told !== null ? directly() : BLOCKED)),
  );
  ask('example.com');
  await settled();
  await win(null);
  t.equal(opened.at(-1)!.target.port, 0);
  await accept(place(9));
  t.equal(dialled.length, 1);
  dialled[0]!.far.accept(bound, 7);
  await settled();
  t.same(heard, ['by itself in 7 ms']);
});

t.test('rules that never come to rest let nothing through', async (t) => {
  let times = 0;
  const flip = (): Route => (++times % 2 === 0 ? viaNode(2, flip) : viaNode(3, flip));
  const { ask, heard, opened, connector, scheduler } = settlingSetup(flip, [GERMAN, JAPANESE]);
  ask('example.com');
  await settled();
  for (let round = 0; round < 20; round++) {
    for (const { far } of opened) if (!far.over && !far.isAnswered) far.accept(bound, 1, place(9));
    await settled();
  }
  t.same(heard, ['not-allowed']);
  t.equal(times, 5);
  t.ok(opened.every(({ far }) => far.over));
  t.equal(connector.connecting, 0);
  t.equal(scheduler.armed, 0);
});

t.test('no early reply where the rules have yet to see the address', async (t) => {
  const { ask, accept, heard, opened } = settlingSetup(() => viaExit(), [GERMAN], true);
  for (let count = 1; count <= 3; count++) {
    ask('example.com');
    await settled();
    t.equal(opened.length, count);
    t.equal(heard.length, count - 1, 'not before the exit answered');
    await accept(place(9));
    t.equal(heard.length, count);
  }
});

t.test('an exit that dies between the settling and its answer is replaced', async (t) => {
  const { ask, accept, heard, change, exitsOf, opened } = settlingSetup(
    () => viaCountries(['JP']),
    [GERMAN, JAPANESE, exitView(4, 'up', 70, 'JP')],
  );
  ask('example.com');
  await settled();
  for (const { far } of opened) far.accept(bound, 1, place(9));
  await settled();
  t.same(exitsOf().slice(3), [3, 4], 'a race in Japan');
  change(GERMAN, exitView(3, 'down', 50, 'JP'), exitView(4, 'up', 70, 'JP'));
  await settled();
  await accept(place(9));
  t.same(heard, ['by 4 in 1 ms']);
});
