import t from 'tap';
import { targetText } from '../../socks/host-text.ts';
import { bound, connectorSetup, WALL_MS } from './fixtures/connector-setup.ts';
import { exitView, testIdentity } from './fixtures/node-view.ts';
import { settled } from './fixtures/schedulers.ts';

t.test('a race: the winner is used as it is, the others are reset, nothing was sent on any', async (t) => {
  const { opened, heard, ask, exitsOf, events, pins, scheduler } = connectorSetup([
    exitView(2, 'up', 30),
    exitView(3, 'up', 20),
  ]);
  ask('example.com');
  await settled();
  t.same(exitsOf(), [3, 2]);
  opened[0]!.far.accept(bound, 200);
  await settled();
  t.same(heard, [], 'the other may be better');
  opened[1]!.far.accept(bound, 10);
  await settled();
  t.same(heard, ['by 2 in 10 ms']);
  t.ok(opened[0]!.far.over);
  t.notOk(opened[1]!.far.over);
  t.equal(opened[1]!.far.read(), null);
  t.match(events.at(-1), { type: 'decided', exit: 2, why: 'race' });
  t.equal(pins.all(WALL_MS + scheduler.nowMs())[0]!.exit, testIdentity(2), 'pinned before the first byte');
  t.equal(scheduler.armed, 0);
  ask('www.example.com');
  await settled();
  t.same(exitsOf(), [3, 2, 2], 'from then on there is no race');
});

t.test('a hundred first connections at once: one race, and all use its winner', async (t) => {
  const views = [2, 3, 4, 5, 6].map((id) => exitView(id, 'up', id * 10));
  const { opened, heard, ask, scheduler } = connectorSetup(views);
  for (let index = 0; index < 100; index++) ask(`h${index}.example.com`);
  await settled();
  t.same(
    opened.map(({ exit, target }) => `${exit} ${targetText(target)}`),
    ['2 h0.example.com:443', '2 h0.example.com:0'],
    'the nearest, which is also asked where the site is',
  );
  opened[1]!.far.accept(bound, 1, { address: Uint8Array.of(192, 0, 2, 9), country: 'DE', position: null });
  await settled();
  scheduler.advance(60);
  await settled();
  t.same(
    opened.slice(2).map(({ exit }) => exit),
    [3, 4],
  );
  opened[3]!.far.accept(bound, 5);
  await settled();
  scheduler.advance(150);
  await settled();
  t.equal(opened.length, 4 + 99, 'the others open at the winner');
  t.ok(opened.slice(4).every(({ exit }) => exit === 4));
  for (const { far } of opened.slice(4)) far.accept(bound, 5);
  await settled();
  t.equal(heard.length, 100);
  t.ok(heard.every((text) => text === 'by 4 in 5 ms'));
});

t.test('who hosts a race and gives up leaves it to the next one', async (t) => {
  const { opened, heard, ask, exitsOf } = connectorSetup([exitView(2, 'up', 1), exitView(3, 'up', 2)]);
  const giveUp = ask('a.example.com');
  ask('b.example.com');
  await settled();
  t.same(exitsOf(), [2, 3]);
  giveUp();
  await settled();
  t.same(exitsOf(), [2, 3, 2, 3]);
  t.equal(targetText(opened[2]!.target), 'b.example.com:443');
  t.ok(opened[0]!.far.over && opened[1]!.far.over);
  opened[2]!.far.accept(bound, 0);
  await settled();
  t.same(heard, ['by 2 in 0 ms']);
});

t.test(
  'a target that all racers are refused fails with what they say; other targets of the site are tried',
  async (t) => {
    const { opened, heard, ask, exitsOf } = connectorSetup([exitView(2), exitView(3)]);
    ask('example.com', 1);
    ask('example.com', 2);
    await settled();
    for (const { far } of opened.slice(0, 2)) far.refuse('connection-refused');
    await settled();
    t.same(heard, ['connection-refused']);
    t.same(exitsOf(), [2, 3, 2, 3]);
    t.equal(opened[2]!.target.port, 2);
  },
);
