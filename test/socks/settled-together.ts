import t from 'tap';
import { bound, connectorSetup, WALL_MS } from './fixtures/connector-setup.ts';
import { testIdentity } from './fixtures/node-view.ts';
import { BLOCKED, directly, place, viaExit } from './fixtures/routes.ts';
import { settled } from './fixtures/schedulers.ts';
import { GERMAN, JAPANESE, settlingSetup } from './fixtures/settling-setup.ts';

// What becomes of a site's pin where rules, once an exit has told the address, let some of its connections through and others not.

t.test('those who share a decision are settled one by one', async (t) => {
  const { ask, win, heard, pinned, exitsOf, opened, dialled } = settlingSetup((destination) => {
    if (destination?.address[3] === 1) return BLOCKED;
    return destination?.address[3] === 2 ? directly() : viaExit();
  });
  for (const name of ['a', 'b', 'c']) ask(`${name}.example.com`);
  await settled();
  t.same(exitsOf(), [2, 3], 'one race');
  await win(place(1));
  t.same(heard, ['not-allowed']);
  t.same(exitsOf(), [2, 3, 2, 2]);
  t.same(pinned(), ['example.com 2'], 'the others still rely on it');
  opened[2]!.far.accept(bound, 1, place(2));
  await settled();
  t.equal(dialled.length, 1);
  t.same(pinned(), ['example.com 2']);
  ask('d.example.com');
  await settled();
  t.equal(exitsOf().length, 5, 'who comes meanwhile joins them');
  opened[3]!.far.accept(bound, 1, place(3));
  opened[4]!.far.accept(bound, 1, place(1));
  await settled();
  t.same(heard, ['not-allowed', 'by 2 in 1 ms', 'not-allowed']);
  t.same(pinned(), ['example.com 2'], 'one was let through');
});

t.test('where nobody is let through, the last one takes the pin away', async (t) => {
  const { ask, win, heard, pinned, opened } = settlingSetup((destination) =>
    destination?.address[3] === 1 ? BLOCKED : viaExit(),
  );
  ask('a.example.com');
  const giveUp = ask('b.example.com');
  ask('c.example.com');
  await settled();
  await win(place(1));
  giveUp();
  t.same(pinned(), ['example.com 2']);
  opened.at(-1)!.far.refuse('connection-refused');
  await settled();
  t.same(heard, ['not-allowed', 'connection-refused']);
  t.same(pinned(), []);
});

t.test('a connection that no rule settles keeps the pin for the others', async (t) => {
  const made = connectorSetup([GERMAN, JAPANESE], false, ({ port }) => viaExit({}, port === 80 ? () => BLOCKED : null));
  made.ask('example.com', 80);
  made.ask('example.com', 443);
  await settled();
  for (const { far } of made.opened.slice(0, 2)) far.accept(bound, 1);
  await settled();
  t.same(made.heard, ['not-allowed']);
  t.equal(made.pins.size, 1);
  made.opened[2]!.far.refuse('connection-refused');
  await settled();
  t.equal(made.pins.size, 1);
});

t.test('a pin of before is not taken away, whatever the rules say now', async (t) => {
  const { ask, accept, pinned, heard, events } = settlingSetup(() => BLOCKED, [GERMAN]);
  const made = settlingSetup(() => BLOCKED, [GERMAN]);
  made.pins.pin('example.com', testIdentity(2), 'user', WALL_MS);
  for (const each of [{ ask, accept }, made]) {
    each.ask('example.com');
    await settled();
    await each.accept(place(1));
  }
  t.same(heard, ['not-allowed']);
  t.match(events, [{ type: 'decided', why: 'only', isNew: true }]);
  t.same(pinned(), []);
  t.match(made.events, [{ type: 'decided', why: 'pinned', isNew: false }]);
  t.same(made.pinned(), ['example.com 2']);
});
