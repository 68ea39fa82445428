// What relays and whoever watches them can do: nothing that end-to-end seals, windows and limits don't undo.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream } from '../fixtures/echo-stream.ts';
import { makeRelayMesh, setLink, untilJoined, wayOf } from '../fixtures/relay-mesh.ts';
import { type Passed, RouteForger } from '../fixtures/route-forger.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();

t.test('a relay that repeats, holds back and alters what it passes on', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { link: { delayMs: 15, rateMbps: 8 } });
  const { sim, exit, relays, client, routes } = mesh;
  const [relay] = relays as readonly [SimNode];
  setLink(mesh, client, exit, false);
  download(exit, 1_000_000);
  t.ok(untilJoined(mesh));
  routes.set(exit, [], [relay]);
  t.ok(untilUp(sim, client, [exit], 20_000));
  const forger = new RouteForger(sim);
  const stream = new EchoStream(sim, client, exit);
  let count = 0;
  for (let round = 0; round < 2_000 && stream.receivedBytes < 1_000_000; round++) {
    sim.pass(5);
    const held: readonly Passed[] = forger.passed.filter(({ from }) => from === 'n11');
    forger.clear();
    for (const { bytes, to } of held.slice(0, 5)) {
      const node = to === 'n1' ? exit : client;
      const altered = bytes.slice();
      altered[count % altered.length]! ^= 1 << (count & 7);
      for (const copy of [bytes, bytes, altered]) forger.send(relay, node, copy);
      count += 3;
    }
  }
  t.comment(`${count} messages from the relay's own hand`);
  t.ok(count > 500);
  t.equal(stream.receivedBytes, 1_000_000);
  sim.pass(2_000);
  t.equal(stream.receivedBytes, 1_000_000, 'and no byte more');
  t.same(stream.ends, []);
});

t.test('a client that does not answer over its relay is sent at most three times what came from it', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { link: { delayMs: 15 } });
  const { sim, exit, relays, client, routes } = mesh;
  const [relay] = relays as readonly [SimNode];
  setLink(mesh, client, exit, false);
  t.ok(untilJoined(mesh));
  sim.pass(1_000);
  const forger = new RouteForger(sim);
  // What the relay sends to the client goes astray.
  sim.network.link(relay.host, client.host).up = false;
  routes.set(exit, [], [relay]);
  sim.pass(30_000);
  const bytesOf = (from: string, to: string): number =>
    forger.passed.filter((one) => one.from === from && one.to === to).reduce((sum, one) => sum + one.bytes.length, 0);
  t.ok(bytesOf('n11', 'n1') > 1_000, `${bytesOf('n11', 'n1')} bytes came`);
  t.ok(bytesOf('n1', 'n11') > 0);
  t.ok(bytesOf('n1', 'n11') <= 3 * bytesOf('n11', 'n1'), `${bytesOf('n1', 'n11')} for ${bytesOf('n11', 'n1')}`);
  t.not(exit.stateOf(client), 'up');
});

t.test('routes that are claimed are not remembered', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { relays: 3, link: { delayMs: 5 } });
  const { sim, exit, relays, client, routes } = mesh;
  const [relay] = relays as readonly [SimNode];
  t.ok(untilJoined(mesh));
  routes.set(exit, [], [relay]);
  t.ok(untilUp(sim, client, [exit]));
  sim.pass(1_000);
  const forger = new RouteForger(sim);
  const before = exit.persisted.length;
  for (let origin = 2; origin <= 254; origin++) {
    if (origin === 11) continue;
    forger.send(relay, exit, forger.message({ origin, relay1: 11, hopIndex: 1, destination: 1 }));
    if (origin === 12 || origin === 13) continue;
    for (const first of [12, 13])
      forger.send(relay, exit, forger.message({ origin, relay1: first, relay2: 11, hopIndex: 2, destination: 1 }));
  }
  sim.pass(1_000);
  t.ok(exit.persisted.length <= before + 10);
  t.same(
    exit.mesh.nodes().map(({ id }) => id),
    [11, 12, 13, 100],
    'nobody became known by that',
  );
  t.equal(wayOf(mesh), 'direct');
  const passed = forger.passed.filter(({ from }) => from === 'n1');
  t.same(passed, [], 'and nothing was answered');
});

t.test('at the destination a message counts only by a link of the last relay, with all relays behind it', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { relays: 2, link: { delayMs: 10, rateMbps: 8 } });
  const { sim, exit, relays, client, routes } = mesh;
  const [one, two] = relays as readonly [SimNode, SimNode];
  setLink(mesh, client, exit, false);
  t.ok(untilJoined(mesh));
  routes.set(exit, [one]);
  t.ok(untilUp(sim, client, [exit], 20_000));
  sim.pass(2_000);
  const received = (): number => exit.mesh.nodes().find(({ id }) => id === client.id)!.bytesReceived;
  const forger = new RouteForger(sim);
  // The client's own messages, which the relay is kept from passing on, come by other hands.
  sim.network.link(one.host, exit.host).up = false;
  new EchoStream(sim, client, exit).send(20_000);
  sim.pass(300);
  const [captured] = forger.passed.filter(({ from, header }) => from === 'n11' && header.keyLevel === 2);
  const [first] = forger.passed.filter(({ from, header }) => from === 'n100' && header.keyLevel === 2);
  sim.network.link(one.host, exit.host).up = true;
  sim.network.link(client.host, one.host).up = false;
  t.ok(sim.until(() => forger.canSend(one, exit) && forger.canSend(two, exit), 5_000));
  const before = received();
  forger.send(two, exit, captured!.bytes);
  sim.pass(50);
  t.equal(received(), before, 'by a relay that is not on its way');
  forger.send(one, exit, first!.bytes);
  sim.pass(50);
  t.equal(received(), before, 'one that has passed no relay yet');
  forger.send(one, exit, captured!.bytes);
  sim.pass(50);
  t.ok(received() > before, 'by the right one');
});
