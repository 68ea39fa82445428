import t from 'tap';
import type { Destination } from '../../mesh/session/target.ts';
import type { Route } from '../../socks/route.ts';
import { targetText } from '../../socks/host-text.ts';
import { bound, connectorSetup } from './fixtures/connector-setup.ts';
import { exitView } from './fixtures/node-view.ts';
import { BLOCKED, directly, place, viaExit, viaNode } from './fixtures/routes.ts';
import { settled } from './fixtures/schedulers.ts';

// Connections that the rules send out from this machine itself.

const NEAR = exitView(2, 'up', 1);
const FAR = exitView(3, 'up', 50);

function setup(route: Route = directly(), exits = [FAR, NEAR]) {
  const made = connectorSetup(exits, false, () => route);
  const asked = () => made.opened.map(({ exit, target }) => `${exit} ${targetText(target)}`);
  const dialledTo = () => made.dialled.map(({ to }) => to);
  return { ...made, asked, dialledTo };
}

t.test('a name: the nearest exit says where it is, and this machine connects there', async (t) => {
  const { ask, asked, opened, dialled, dialledTo, heard, events, pins, connector, scheduler } = setup();
  ask('www.example.com');
  await settled();
  t.same(asked(), ['2 www.example.com:0'], 'nothing is connected to there');
  t.same(dialledTo(), []);
  opened[0]!.far.accept(bound, 3, place(9, 'DE'));
  await settled();
  t.same(dialledTo(), ['192.0.2.9:443 by exit']);
  t.same(heard, []);
  dialled[0]!.far.accept(bound, 12);
  await settled();
  t.same(heard, ['by itself in 12 ms']);
  t.notOk(dialled[0]!.far.over);
  t.same(events, [], 'no exit was chosen');
  t.equal(pins.size, 0, 'and nothing pinned');
  t.equal(connector.connecting, 0);
  t.equal(scheduler.armed, 0);
  ask('www.example.com', 80);
  await settled();
  t.same(dialledTo().slice(1), ['192.0.2.9:80 by exit'], 'known for a while');
  t.equal(opened.length, 1);
});

t.test('an address: at once, and without any exit', async (t) => {
  for (const [text, to] of [
    ['192.168.1.1', '192.168.1.1:443 by program'],
    ['::ffff:192.168.1.1', '[::ffff:c0a8:101]:443 by program'],
    ['fe80::1', '[fe80::1]:443 by program'],
  ] as const) {
    const { ask, asked, dialledTo } = setup(directly(), [exitView(2, 'down')]);
    ask(text);
    await settled();
    t.same(dialledTo(), [to]);
    t.same(asked(), []);
  }
});

t.test('a name without an exit: refused, and never looked up here', async (t) => {
  const down = setup(directly(), [exitView(2, 'down'), exitView(3, 'down')]);
  down.ask('example.com');
  await settled();
  t.same(down.heard, ['no-exit'], 'at once where all are down');
  t.same([down.asked(), down.dialledTo()], [[], []]);
  t.equal(down.scheduler.armed, 0);

  const coming = setup(directly(), [exitView(2, 'connecting')]);
  coming.ask('example.com');
  await settled();
  coming.scheduler.advance(4_999);
  t.same(coming.heard, []);
  coming.scheduler.advance(1);
  t.same(coming.heard.splice(0), ['no-exit'], 'after 5 s where one may come');
  coming.ask('example.com');
  await settled();
  coming.change(NEAR);
  t.same(coming.asked(), ['2 example.com:0'], 'or through the one that came');
});

t.test('what exits say of a name that they do not find, and what the site says', async (t) => {
  const name = setup();
  name.ask('example.com');
  await settled();
  name.opened[0]!.far.refuse('no-such-host');
  await settled();
  t.same(name.heard, ['no-such-host']);
  t.same(name.dialledTo(), []);

  const site = setup();
  for (const [index, reason] of (['connection-refused', 'not-allowed', 'network-unreachable'] as const).entries()) {
    site.ask('192.0.2.9');
    await settled();
    site.dialled[index]!.far.refuse(reason);
    await settled();
    t.equal(site.heard[index], reason);
  }
  site.ask('192.0.2.9');
  await settled();
  site.dialled.at(-1)!.far.reset('reset-by-far');
  await settled();
  t.equal(site.heard.at(-1), 'failed');
  t.equal(site.connector.connecting, 0);
});

t.test('an exit that dies while it is asked is replaced by another', async (t) => {
  const { ask, asked, change, opened, dialledTo } = setup();
  ask('example.com');
  await settled();
  opened[0]!.far.reset('session-gone');
  change(FAR, exitView(2, 'down'));
  await settled();
  t.same(asked(), ['2 example.com:0', '3 example.com:0']);
  opened[1]!.far.accept(bound, 3, place(9));
  await settled();
  t.same(dialledTo(), ['192.0.2.9:443 by exit']);
});

t.test('the rules are asked with the address before anything is connected to', async (t) => {
  const seen: (Destination | null)[] = [];
  const answer = (route: Route) => (destination: Destination | null) => {
    seen.push(destination);
    return route;
  };
  const blocked = setup(directly(answer(BLOCKED)));
  blocked.ask('example.com');
  await settled();
  blocked.opened[0]!.far.accept(bound, 3, place(9, 'CN'));
  await settled();
  t.same(blocked.heard, ['not-allowed']);

  const stays = setup(directly(answer(directly(() => BLOCKED))));
  stays.ask('10.0.0.1');
  await settled();
  t.same(stays.dialledTo(), ['10.0.0.1:443 by program']);

  const goes = setup(directly(answer(viaExit())), [NEAR]);
  goes.ask('example.com');
  await settled();
  goes.opened[0]!.far.accept(bound, 3, place(9, 'CN'));
  await settled();
  t.same(goes.asked(), ['2 example.com:0', '2 example.com:443'], 'the exit gets the name, not the address');
  goes.opened[1]!.far.accept(bound, 4, place(9, 'CN'));
  await settled();
  t.same(goes.heard, ['by 2 in 4 ms']);
  t.same(goes.dialledTo(), []);
  t.equal(goes.pins.size, 1);
  const address = { address: Uint8Array.of(10, 0, 0, 1), country: null, position: null };
  t.same(seen, [place(9, 'CN'), address, place(9, 'CN')]);
});

t.test('who gives up is not told, and whatever was asked or dialled is', async (t) => {
  const { ask, opened, dialled, heard, connector, scheduler } = setup();
  const first = ask('example.com');
  await settled();
  first();
  t.ok(opened[0]!.far.over);
  const second = ask('192.0.2.9');
  await settled();
  second();
  second();
  t.ok(dialled[0]!.far.over);
  dialled[0]!.near.onEvent({ type: 'opened', bound, connectMs: 1, destination: null });
  await settled();
  t.same(heard, []);
  t.equal(connector.connecting, 0);
  t.equal(scheduler.armed, 0);
});

t.test('the deadline, and closing', async (t) => {
  const { ask, opened, dialled, heard, connector, scheduler } = setup();
  ask('192.0.2.9');
  await settled();
  scheduler.advance(15_000);
  t.same(heard, ['timed-out']);
  t.ok(dialled[0]!.far.over);
  ask('192.0.2.9');
  ask('example.com');
  await settled();
  t.equal(connector.connecting, 2);
  connector.close();
  connector.close();
  t.same(heard.slice(1), ['failed', 'failed']);
  t.ok(dialled[1]!.far.over && opened[0]!.far.over);
  t.equal(scheduler.armed, 0);
});

t.test('an exit that goes down leaves direct connections alone', async (t) => {
  const { ask, change, dialled, heard } = setup(directly(), [NEAR]);
  ask('192.0.2.9');
  await settled();
  change(exitView(2, 'down'));
  dialled[0]!.far.accept(bound, 1);
  await settled();
  change(exitView(2, 'down'), exitView(3, 'down'));
  t.same(heard, ['by itself in 1 ms']);
  t.notOk(dialled[0]!.far.over);
});

t.test('rules that send it to and fro come to rest at an address that is known', async (t) => {
  let times = 0;
  const flip = (): Route => (++times % 2 === 0 ? directly(flip) : viaNode(3, flip));
  const made = connectorSetup([NEAR, FAR], false, () => directly(flip));
  made.ask('example.com');
  await settled();
  for (let round = 0; round < 20; round++) {
    for (const { far } of made.opened) if (!far.over && !far.isAnswered) far.accept(bound, 1, place(9));
    await settled();
  }
  // The second settling says: directly, to where the exit told.
  t.equal(made.dialled.length, 1);
  t.same(made.heard, []);
  made.dialled[0]!.far.refuse('connection-refused');
  await settled();
  t.same(made.heard, ['connection-refused']);
});
