import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream } from '../fixtures/echo-stream.ts';
import { firstServer, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();

t.test('nodes by number, with what is known of each', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 3, link: { delayMs: 25 } });
  const other = sim.add(50, { wantsExits: true });
  t.same(other.mesh.nodes(), []);
  t.ok(untilUp(sim, client, exits));
  sim.pass(1_000);
  const idle = client.mesh.nodes().find(({ id }) => id === 2)!;
  t.match(idle, {
    id: 2,
    name: 'n2',
    roles: { exit: true, relay: false },
    country: '',
    softwareVersion: '0.1.0',
    addresses: [`udp://${exits[1]!.host.ip}:4840`],
    state: 'up',
    streams: 0,
    link: `udp://${exits[1]!.host.ip}:4840`,
  });
  t.ok(idle.rttMs! >= 50 && idle.rttMs! < 60);
  t.same(
    client.mesh.nodes().map(({ id }) => id),
    [1, 2, 3],
    'not itself',
  );
  const stream = new EchoStream(sim, client, exits[1]!);
  stream.send(10_000);
  t.ok(sim.until(() => stream.isEven, 1_000));
  const used = client.mesh.nodes().find(({ id }) => id === 2)!;
  t.equal(used.streams, 1);
  t.ok(used.bytesSent - idle.bytesSent > 10_000);
  t.ok(used.bytesReceived - idle.bytesReceived > 10_000);
  t.equal(exits[1]!.mesh.nodes().find(({ id }) => id === 100)?.streams, 1);
});

t.test('a member that nobody wants a session with is idle', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 3 });
  t.ok(untilUp(sim, client, exits));
  const other = sim.add(101, { wantsExits: true, servers: [firstServer(exits[0]!)] });
  t.ok(untilUp(sim, other, exits));
  sim.pass(1_000);
  t.match(
    client.mesh.nodes().find(({ id }) => id === 101),
    { state: 'idle', rttMs: null, link: null },
  );
});

t.test('a node that is heard by a server is there, whoever wants a session with it', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  const isHeard = (id: number): boolean | null | undefined =>
    client.mesh.nodes().find((node) => node.id === id)?.isHeard;
  t.ok(untilUp(sim, client, exits));
  const other = sim.add(101, { wantsExits: true, servers: [firstServer(exits[0]!)] });
  t.ok(sim.until(() => isHeard(101) === true, 45_000));
  t.equal(isHeard(1), true);
  other.kill('silently');
  t.ok(
    sim.until(() => isHeard(101) === false, 200_000),
    'nothing was heard for 90 s',
  );
  for (const exit of exits) exit.kill('silently');
  t.ok(
    sim.until(() => isHeard(101) === null, 200_000),
    'nobody is left to tell',
  );
});

t.test('suspect, down, connecting', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  const states = new Set<string>();
  t.ok(untilUp(sim, client, exits));
  const stream = new EchoStream(sim, client, exit);
  exit.kill('silently');
  stream.send();
  sim.until(() => {
    states.add(client.stateOf(exit));
    return false;
  }, 20_000);
  t.same([...states], ['up', 'suspect', 'down']);
  t.equal(client.mesh.nodes()[0]?.streams, 0);
  client.restart();
  sim.pass(100);
  t.equal(client.stateOf(exit), 'connecting');
});
