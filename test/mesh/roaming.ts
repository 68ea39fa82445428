import t from 'tap';
import type { NodeView } from '../../mesh/mesh-view.ts';
import { Roaming } from '../../mesh/roaming.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';

function make() {
  const calls: string[] = [];
  const states = new Map<number, NodeView['state']>();
  const bench = { calls, states, isAwaiting: false, isInUse: false };
  const roaming = new Roaming(
    {
      isOnlyOneUp: (id) => [...states].every(([other, state]) => (other === id) === (state === 'up')),
      awaitsAnything: () => bench.isAwaiting,
      isInUse: () => bench.isInUse,
      networkChanged: (isGone) => calls.push(isGone ? 'gone' : 'new'),
      networkGone: () => calls.push('away'),
      hurry: () => calls.push('hurry'),
    },
    () => calls.push('look'),
    () => calls.push('moved'),
  );
  return { ...bench, bench, roaming };
}

t.test('it looks while something is awaited, four times a second at most', async (t) => {
  const { bench, roaming, calls } = make();
  for (let nowMs = 0; nowMs < 5_000; nowMs += 10) roaming.tick(nowMs);
  t.same(calls, []);
  bench.isAwaiting = true;
  for (let nowMs = 5_000; nowMs < 10_000; nowMs += 10) roaming.tick(nowMs);
  t.equal(calls.length, 20);
  t.equal(roaming.wakeAtMs, Infinity, 'but not for the sake of that alone');
  roaming.look(9_990);
  t.equal(calls.length, 21, 'or where it is told to');
});

t.test('while data flows it looks even where nothing else is to be done, and no longer', async (t) => {
  const { bench, roaming, calls } = make();
  bench.isInUse = true;
  let nowMs = 0;
  for (; nowMs < 5_000; nowMs = roaming.wakeAtMs) roaming.tick(nowMs);
  t.equal(calls.length, 20);
  bench.isInUse = false;
  roaming.tick(nowMs);
  t.equal(roaming.wakeAtMs, Infinity);
  t.equal(calls.length, 20);
});

t.test('without any address it looks the less often the longer there is none', async (t) => {
  const { bench, roaming, calls } = make();
  roaming.setAddresses(['192.0.2.1'], 0);
  roaming.setAddresses([], 0);
  roaming.tick(0);
  t.equal(roaming.wakeAtMs, Infinity, 'nor at all where nothing is awaited');
  bench.isAwaiting = true;
  for (const [fromMs, most] of [
    [1_000, 5],
    [10_000, 1],
    [600_000, 1],
  ] as const) {
    roaming.look(fromMs);
    calls.length = 0;
    for (let nowMs = fromMs + 100; nowMs < fromMs + 1_600; nowMs = Math.max(nowMs + 50, roaming.wakeAtMs)) {
      roaming.tick(nowMs);
      t.ok(Number.isFinite(roaming.wakeAtMs));
    }
    t.ok(calls.length >= 1 && calls.length <= most + 1, `${calls.length}`);
  }
  roaming.setAddresses(['192.0.2.1'], 700_000);
  roaming.tick(700_000);
  t.equal(roaming.wakeAtMs, Infinity);
});

t.test('a machine that never had an address has its peers on itself', async (t) => {
  const { roaming, calls } = make();
  roaming.setAddresses([], 0);
  roaming.setAddresses([], 1_000);
  t.same(calls, [], 'who is silent there is dead');
});

t.test('what the addresses say', async (t) => {
  const { roaming, calls } = make();
  const told = (...addresses: string[]): string[] => {
    roaming.setAddresses(addresses, 0);
    return calls.splice(0);
  };
  t.same(told('192.0.2.1', '192.0.2.2'), [], 'the first ones are no change');
  t.same(told('192.0.2.2', '192.0.2.1'), [], 'nor is another order');
  t.same(told('192.0.2.1', '192.0.2.2', '192.0.2.3'), ['moved', 'new']);
  t.same(told('192.0.2.1', '192.0.2.2'), ['moved', 'gone']);
  t.same(told('192.0.2.1', '192.0.2.4'), ['moved', 'gone'], 'one for another');
  t.same(told(), ['away'], 'nothing can be done without any');
  t.same(told(), ['away']);
  t.same(told('192.0.2.5'), ['moved', 'gone'], 'the network is back, and another one');
  t.same(told(), ['away']);
  t.same(told('192.0.2.5'), [], 'the same as before: links may have outlived it');
});

t.test('who answers as the only one ends the pauses of all', async (t) => {
  const { roaming, calls, states } = make();
  states.set(1, 'up').set(2, 'down').set(3, 'suspect');
  roaming.peerChanged(nodeId(2), 0);
  t.same(calls, []);
  roaming.peerChanged(nodeId(1), 0);
  t.same(calls, ['hurry']);
  roaming.peerChanged(nodeId(1), 4_999);
  t.equal(calls.length, 1, 'not all the time');
  roaming.peerChanged(nodeId(1), 5_000);
  t.equal(calls.length, 2);
  states.set(3, 'up');
  roaming.peerChanged(nodeId(1), 60_000);
  t.equal(calls.length, 2, 'others answer as well: the network was there');
});
