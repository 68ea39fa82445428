import t from 'tap';
import { loadSodium } from '../../../node/sodium/load-sodium.ts';
import { echo, EchoStream } from '../../fixtures/echo-stream.ts';
import { makeRelayMesh, untilJoined } from '../../fixtures/relay-mesh.ts';
import { firstServer, makeSmallMesh, untilUp } from '../../fixtures/small-mesh.ts';
import { SimMesh } from '../../fixtures/sim-mesh.ts';
import type { SimNode } from '../../fixtures/sim-node.ts';
import { printFlowOnFailure } from '../../fixtures/sim/packet-flow.ts';

const sodium = await loadSodium();

t.test(
  'a server that is known by its address only, and by what is on disk, is asked twice but has one session',
  async (t) => {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { byAddress: true });
    t.ok(untilUp(sim, client, exits));
    for (let round = 0; round < 20; round++) {
      sim.pass(1_777);
      // The HELLO to whoever is there is repeated beside the session that the table on disk brought.
      sim.network.connect(client.host, exits[0]!.host, { lossRate: 0.4 });
      client.restart();
      t.ok(untilUp(sim, client, exits, 20_000));
      sim.network.connect(client.host, exits[0]!.host, { lossRate: 0 });
      const before = client.notices.filter(({ code }) => code === 'peer-down').length;
      const stream = new EchoStream(sim, client, exits[0]!);
      for (let count = 0; count < 100; count++) {
        stream.send();
        sim.pass(100);
      }
      t.ok(stream.isEven);
      t.same(stream.ends, []);
      t.equal(client.notices.filter(({ code }) => code === 'peer-down').length, before);
    }
  },
);

t.test('a server that was found otherwise is not asked any more', async (t) => {
  const sim = new SimMesh(sodium, 1);
  printFlowOnFailure(t, sim.flow);
  const known = sim.add(1, { exit: true, listens: ['udp'] });
  const moved = sim.add(2, { exit: true, listens: ['udp'], servers: [firstServer(known)] });
  const wrong = { id: moved.id, endpoints: [{ transport: 'udp', host: '203.0.113.1', port: 1 }] } as const;
  const client = sim.add(100, { wantsExits: true, servers: [firstServer(known), wrong] });
  t.ok(untilUp(sim, client, [known, moved]));
  sim.pass(10_000);
  let strays = 0;
  sim.onPacket = (_bytes, from, to) => (strays += from === 'n100' && to === 'nowhere' ? 1 : 0);
  sim.pass(120_000);
  t.equal(strays, 0);
  t.equal(client.stateOf(moved), 'up');
});

t.test('an address where nobody answers is asked ever more rarely', async (t) => {
  const sim = new SimMesh(sodium, 1);
  printFlowOnFailure(t, sim.flow);
  sim.add(100, { servers: [{ id: null, endpoints: [{ transport: 'udp', host: '203.0.113.1', port: 1 }] }] });
  sim.pass(600_000);
  const before = sim.flow.recorded;
  sim.pass(600_000);
  t.ok(sim.flow.recorded - before <= 5 * 10, `${sim.flow.recorded - before} packets in ten minutes`);
  t.ok(sim.flow.recorded - before >= 5 * 8);
});

t.test('two peers that are each a way to the other: a link that can take more again wakes both, once', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { relays: 2, link: { rateMbps: 2, delayMs: 20 }, transports: ['tcp'] });
  const { sim, exit, relays, client, routes } = mesh;
  const [one, two] = relays as readonly [SimNode, SimNode];
  routes.set(one, [two]);
  routes.set(two, [one]);
  routes.set(exit, [one], [two]);
  t.ok(untilJoined(mesh));
  t.ok(untilUp(sim, client, [exit]));
  for (const relay of relays) echo(relay);
  // More than a connection takes at once, on streams that keep the way by the other relay ready.
  for (const relay of relays) {
    for (let count = 0; count < 8; count++) new EchoStream(sim, client, relay).send(1_000_000);
  }
  t.doesNotThrow(() => sim.pass(20_000));
  t.equal(client.stateOf(one), 'up');
  t.equal(client.stateOf(two), 'up');
});
