import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { firstServer, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();

t.test('who wants exits keeps sessions with all of them; a server with all servers', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 3 });
  const server = sim.add(20, { listens: ['udp'], servers: [firstServer(exits[0]!), firstServer(exits[1]!)] });
  t.ok(untilUp(sim, client, exits));
  t.ok(untilUp(sim, server, exits));
  for (const exit of exits) t.ok(untilUp(sim, exit, [server]));
  sim.pass(2_000);
  t.equal(client.stateOf(server), 'idle', 'it is no exit');
});

t.test('a node that has itself among its servers leaves itself alone', async (t) => {
  const { sim, exits } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  exit.restart({ options: { servers: [firstServer(exit)] } });
  const before = sim.network.link(exit.host, exit.host).counters.sent;
  sim.pass(10_000);
  t.equal(sim.network.link(exit.host, exit.host).counters.sent, before);
  t.notOk(exit.mesh.nodes().some(({ id }) => id === 1));
});

t.test('where the configuration says that a server is counts beside its record', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  sim.pass(1_000);
  client.kill('silently');
  exit.kill('silently');
  exit.host.changeAddress('198.51.100.7');
  exit.restart();
  client.restart({ options: { servers: [firstServer(exit)] } });
  t.ok(untilUp(sim, client, exits, 3_000), 'the record on disk names the old address');
});

t.test('an address from which nothing was heard for thirty days is not dialled any more', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  const [first, second] = exits as [SimNode, SimNode];
  t.ok(untilUp(sim, client, exits));
  for (const node of [first, second, client]) node.kill('silently');
  sim.pass(31 * 86_400_000);
  first.restart();
  client.restart();
  t.ok(untilUp(sim, client, [first], 5_000), 'that of the configuration is');
  sim.pass(120_000);
  const before = sim.network.link(client.host, second.host).counters.sent;
  client.restart();
  sim.pass(120_000);
  t.equal(sim.network.link(client.host, second.host).counters.sent, before);
  t.ok(
    client.mesh.nodes().some(({ id }) => id === second.id),
    'but it is known',
  );
  second.restart();
  t.ok(untilUp(sim, client, [second], 70_000), 'and when it is back it says where it is');
});
