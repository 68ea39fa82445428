// A member that speaks from where others are: what it says is its own affair, and nobody else's link or address.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream } from '../fixtures/echo-stream.ts';
import { HostileMember } from '../fixtures/hostile-member.ts';
import { linkBetween, makeRelayMesh, untilJoined } from '../fixtures/relay-mesh.ts';
import { RouteForger } from '../fixtures/route-forger.ts';
import type { SimMesh } from '../fixtures/sim-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import type { SimAddress } from '../fixtures/sim/sim-address.ts';
import { firstServer, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();

/** Where a node's session has another one. */
function placeOf(sim: SimMesh, node: SimNode, id: number): SimAddress {
  const url = node.mesh.nodes().find((other) => other.id === id)?.link ?? '';
  const [, ip = '', port = ''] = /^udp:\/\/([\d.]+):(\d+)$/.exec(url) ?? [];
  return sim.network.address(ip, Number(port));
}

t.test('a member that speaks from the address of another', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  const hostile = new HostileMember(sim, 66);
  hostile.meet(exit);
  sim.network.connect(client.host, exit.host, { rateMbps: 20 });
  download(exit, 3_000_000);
  const from = placeOf(sim, exit, 100);
  const own = placeOf(sim, exit, 66);
  const stream = new EchoStream(sim, client, exit);
  for (let round = 0; round < 60; round++) {
    sim.pass(20);
    hostile.hello(exit, {}, { from });
    hostile.say(exit, [{ type: 'ping' }], { from, path: 1 + (round & 7) });
    t.equal(placeOf(sim, exit, 66).text, own.text, 'it is where it has shown to be');
  }
  t.ok(
    sim.until(() => stream.receivedBytes === 3_000_000, 5_000),
    `${stream.receivedBytes} bytes came`,
  );
  t.same(stream.ends, []);
  t.equal(client.notices.filter(({ code }) => code === 'peer-down').length, 0);
  t.equal(placeOf(sim, exit, 100).text, from.text, 'and the other, too');
});

t.test('a relay that passes on without their route HELLOs that it got with one', async (t) => {
  const mesh = makeRelayMesh(t, sodium);
  const { sim, exit, relays, client } = mesh;
  const [relay] = relays as readonly [SimNode];
  t.ok(untilJoined(mesh));
  t.ok(untilUp(sim, client, [exit]));
  // Level 0 hides nothing from members, so the relay can write what it got into a message without a route.
  const origin = new HostileMember(sim, 66, { listens: true });
  exit.restart({ options: { servers: [firstServer(relay), { id: origin.id, endpoints: [origin.endpoint] }] } });
  t.ok(untilJoined(mesh));
  t.ok(sim.until(() => exit.mesh.nodes().some(({ id, state }) => id === 66 && state === 'up'), 5_000));
  t.ok(untilUp(sim, client, [exit]));
  sim.pass(2_000);
  const own = placeOf(sim, exit, 66);
  const atRelay = placeOf(sim, exit, 11);
  const atExit = placeOf(sim, relay, 1);
  const forger = new RouteForger(sim);
  let packetNumber = 0;
  const isPassed = (): boolean => {
    forger.clear();
    forger.send(
      client,
      relay,
      forger.message({ origin: 100, relay1: 11, destination: 1, packetNumber: packetNumber++ }),
    );
    forger.send(exit, relay, forger.message({ origin: 1, relay1: 11, destination: 100, packetNumber: packetNumber++ }));
    sim.pass(50);
    return forger.passed.filter(({ from }) => from === 'n11').length === 2;
  };
  t.ok(isPassed());
  for (let round = 0; round < 20; round++) {
    origin.hello(exit, {}, { from: atRelay, at: atExit });
    sim.pass(20);
    t.equal(placeOf(sim, exit, 66).text, own.text, 'who said it is not at the relay');
    t.equal(placeOf(sim, exit, 11).text, atRelay.text);
    sim.pass(80);
  }
  t.ok(isPassed());
  t.equal(linkBetween(exit, relay), `udp://${atRelay.text}`);
});
