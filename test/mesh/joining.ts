// Whole meshes coming together: who learns of whom, in which time, and with how many packets.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream, roundTripMs } from '../fixtures/echo-stream.ts';
import { firstServer, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import { SimMesh } from '../fixtures/sim-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { printFlowOnFailure } from '../fixtures/sim/packet-flow.ts';

const sodium = await loadSodium();

t.test('a client that knows one server by its number gets sessions with all exits', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 4 });
  t.ok(untilUp(sim, client, exits));
  t.ok(sim.network.nowMs < 2_000, `after ${sim.network.nowMs} ms`);
  for (const exit of exits) t.equal(client.mesh.nodes().find(({ id }) => id === exit.id)?.name, `n${exit.id}`);
  for (const exit of exits) t.ok(roundTripMs(sim, client, exit) < 100);
});

t.test('a client that knows an address only gets sessions with all exits', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 4, byAddress: true });
  t.ok(untilUp(sim, client, exits));
  t.ok(sim.network.nowMs < 2_000, `after ${sim.network.nowMs} ms`);
});

t.test('a server that is known by its address only is kept though it is no exit', async (t) => {
  const sim = new SimMesh(sodium, 1);
  printFlowOnFailure(t, sim.flow);
  const server = sim.add(1, { listens: ['udp'] });
  const client = sim.add(100, { wantsExits: true, servers: [firstServer(server, true)] });
  t.ok(untilUp(sim, client, [server]));
  sim.pass(1_000);
  server.restart({ isStateLost: true });
  // Nothing is outstanding, so it is the keep-alive that finds out.
  sim.pass(30_000);
  t.ok(untilUp(sim, client, [server]));
  const exit = sim.add(2, { exit: true, listens: ['udp'], servers: [firstServer(server)] });
  t.ok(untilUp(sim, client, [exit]), 'it goes on to tell of exits');
});

t.test('a cold start costs one round trip', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { link: { delayMs: 50 } });
  const [exit] = exits as [SimNode];
  const sent: string[] = [];
  sim.onPacket = (_bytes, from) => sent.push(`${from} at ${sim.network.nowMs}`);
  t.ok(sim.until(() => exit.stateOf(client) === 'up'));
  t.equal(sim.network.nowMs, 150, 'HELLO, HELLO, and level 2 arrives');
  t.same(sent, ['n100 at 0', 'n1 at 50', 'n100 at 100']);
});

t.test('a stream opened before the first packet waits one round trip', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { link: { delayMs: 50 } });
  const [exit] = exits as [SimNode];
  t.ok(untilUp(sim, client, [exit]));
  client.restart();
  const ms = roundTripMs(sim, client, exit);
  t.equal(ms, 200, 'one round trip for the handshake and one for the stream');
});

t.test('a level 2 message that overtakes its HELLO waits for it', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, {
    seed: 5,
    link: { delayMs: 20, jitterMs: 30, keepsOrder: false, duplicateRate: 0.2 },
  });
  t.ok(untilUp(sim, client, exits, 1_000));
  for (let round = 0; round < 10; round++) t.ok(roundTripMs(sim, client, exits[0]!) < 1_000);
});

t.test('records are spread, and a witness is carried', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2, client: { expiresAtS: 1_800_003_600 } });
  t.ok(untilUp(sim, client, exits));
  sim.pass(1_000);
  t.ok(client.notices.some(({ code }) => code === 'witnessed'));
  sim.pass(3_600_000);
  const late = sim.add(3, { exit: true, listens: ['udp'], servers: [firstServer(exits[0]!)] });
  client.restart();
  t.ok(untilUp(sim, client, [...exits, late]), 'the invite counts after it expired, for a stranger too');
});

t.test('an expired invite that was never used lets nobody in', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { client: { expiresAtS: 1_799_999_999 } });
  let answered = 0;
  sim.onPacket = (_bytes, from) => (answered += from === 'n1' ? 1 : 0);
  sim.pass(60_000);
  t.equal(answered, 0);
  t.equal(exits[0]!.stateOf(client), 'unknown');
});

t.test('a restarted client connects to exits while the first server is off', async (t) => {
  for (const byAddress of [false, true]) {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 3, byAddress });
    t.ok(untilUp(sim, client, exits));
    sim.pass(1_000);
    exits[0]!.kill('silently');
    client.restart();
    t.ok(untilUp(sim, client, exits.slice(1), 2_000));
    t.ok(roundTripMs(sim, client, exits[2]!) < 100);
  }
});

t.test('two servers that dial each other at once end up with one session', async (t) => {
  const sim = new SimMesh(sodium, 3);
  printFlowOnFailure(t, sim.flow);
  const a = sim.add(1, { exit: true, wantsExits: true, listens: ['udp'] });
  const b = sim.add(2, { exit: true, wantsExits: true, listens: ['udp'], servers: [firstServer(a)] });
  t.ok(untilUp(sim, b, [a]));
  sim.pass(2_000);
  for (let round = 0; round < 5; round++) {
    a.kill('silently');
    b.kill('silently');
    sim.pass(1_000);
    a.restart({ isStateLost: round === 3 });
    b.restart();
    t.ok(
      sim.until(() => a.stateOf(b) === 'up' && b.stateOf(a) === 'up', 5_000),
      `round ${round}`,
    );
    sim.pass(3_000);
    const downs = [...a.notices, ...b.notices].filter(({ code }) => code === 'peer-down').length;
    sim.pass(60_000);
    t.equal([...a.notices, ...b.notices].filter(({ code }) => code === 'peer-down').length, downs, 'it stays');
  }
});

t.test('thirty nodes know each other within five seconds of the last join', async (t) => {
  const sim = new SimMesh(sodium, 7, { delayMs: 30 });
  printFlowOnFailure(t, sim.flow);
  const nodes: SimNode[] = [];
  for (let id = 1; id <= 10; id++) {
    const servers = nodes[0] === undefined ? [] : [firstServer(nodes[0])];
    nodes.push(sim.add(id, { exit: true, listens: ['udp'], servers }));
    sim.pass(100);
  }
  for (let id = 101; id <= 120; id++) {
    nodes.push(sim.add(id, { wantsExits: true, servers: [firstServer(nodes[id % 10]!)] }));
    sim.pass(100);
  }
  const joinedAtMs = sim.network.nowMs;
  const before = sim.flow.recorded;
  const knowsAll = (node: SimNode): boolean => node.mesh.nodes().filter(({ name }) => name !== '').length === 29;
  t.ok(sim.until(() => nodes.every(knowsAll), 5_000));
  t.comment(`${sim.network.nowMs - joinedAtMs} ms after the last join`);
  t.ok(
    sim.until(() => nodes.slice(10).every((node) => nodes.slice(0, 10).every((exit) => node.stateOf(exit) === 'up'))),
  );
  sim.pass(5_000);
  t.comment(`${sim.flow.recorded} packets in all, ${sim.flow.recorded - before} of them after the last join`);
  const clients = new Set(nodes.slice(10).map(({ host }) => host.name));
  let count = 0;
  // Servers go on watching each other.
  sim.onPacket = (_bytes, from, to) => {
    if (clients.has(from) || clients.has(to)) count++;
  };
  sim.pass(10_000);
  t.ok(count < 10, 'then it is quiet');
});

t.test('streams to a node that is no exit are refused', async (t) => {
  const sim = new SimMesh(sodium, 1);
  printFlowOnFailure(t, sim.flow);
  const server = sim.add(1, { listens: ['udp'] });
  const client = sim.add(100, { wantsExits: true, servers: [firstServer(server)] });
  t.ok(untilUp(sim, client, [server]));
  const stream = new EchoStream(sim, client, server);
  sim.pass(1_000);
  t.same(stream.ends, ['refused: not-an-exit']);
});

t.test('GOODBYE resets streams at once', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  t.ok(untilUp(sim, client, exits));
  const stream = new EchoStream(sim, client, exits[0]!);
  t.ok(sim.until(() => stream.isEven));
  exits[0]!.do((mesh, nowMs) => mesh.close(nowMs));
  const closedAtMs = sim.network.nowMs;
  t.ok(sim.until(() => stream.ends.length > 0, 100));
  t.equal(sim.network.nowMs - closedAtMs, 10);
  t.same(stream.ends, ['reset: shutting-down']);
  t.not(client.stateOf(exits[0]!), 'up');
});
