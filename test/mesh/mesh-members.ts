import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
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
