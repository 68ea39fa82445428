import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { firstServer } from '../fixtures/small-mesh.ts';
import { SimMesh } from '../fixtures/sim-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { printFlowOnFailure } from '../fixtures/sim/packet-flow.ts';

const sodium = await loadSodium();

/** Servers 1 to `servers`, and clients from 101 on that know the first. */
function meshOf(t: Parameters<typeof printFlowOnFailure>[0], servers: number, clients: number) {
  const sim = new SimMesh(sodium, 11, { delayMs: 30 });
  printFlowOnFailure(t, sim.flow);
  const all: SimNode[] = [];
  for (let id = 1; id <= servers; id++) {
    all.push(sim.add(id, { exit: true, listens: ['udp'], servers: all[0] === undefined ? [] : [firstServer(all[0])] }));
    sim.pass(50);
  }
  for (let id = 101; id <= 100 + clients; id++) {
    all.push(sim.add(id, { wantsExits: true, servers: [firstServer(all[id % servers]!)] }));
    sim.pass(50);
  }
  return { sim, all, servers: all.slice(0, servers), clients: all.slice(servers) };
}

function knows(node: SimNode, id: number): boolean {
  return node.mesh.nodes().some((other) => other.id === id && other.name !== '');
}

/** Messages that nodes sent in a while, by name. */
function countPackets(sim: SimMesh): Map<string, number> {
  const counts = new Map<string, number>();
  sim.onPacket = (_bytes, from) => counts.set(from, (counts.get(from) ?? 0) + 1);
  return counts;
}

t.test('a change is everywhere within a second, and few are told twice', async (t) => {
  const { sim, all, servers } = meshOf(t, 6, 10);
  sim.pass(60_000);
  t.ok(all.every((node) => all.every((other) => node === other || knows(node, other.id))));
  const counts = countPackets(sim);
  const late = sim.add(120, { wantsExits: true, servers: [firstServer(servers[3]!)] });
  t.ok(
    sim.until(() => all.every((node) => knows(node, 120)), 1_000),
    `known after ${sim.network.nowMs} ms`,
  );
  sim.pass(2_000);
  t.ok(knows(late, 105));
  const toClients = [...counts].filter(([name]) => name.startsWith('n10') || name.startsWith('n110'));
  for (const [name, count] of toClients) t.ok(count <= 8, `${name} had to acknowledge ${count}`);
});

t.test('a client whose feeds die still hears of changes', async (t) => {
  const { sim, servers, clients } = meshOf(t, 5, 6);
  sim.pass(60_000);
  for (const server of servers.slice(0, 3)) server.kill('silently');
  sim.pass(130_000);
  sim.add(120, { wantsExits: true, servers: [firstServer(servers[4]!)] });
  t.ok(sim.until(() => clients.every((node) => knows(node, 120)), 5_000));
});

t.test('what a client missed while it was cut off comes with the next keep-alive at the latest', async (t) => {
  const { sim, servers, clients } = meshOf(t, 3, 2);
  sim.pass(60_000);
  const [client] = clients as [SimNode];
  for (const server of servers) sim.network.setUp(client.host, server.host, false);
  sim.add(120, { wantsExits: true, servers: [firstServer(servers[0]!)] });
  sim.pass(3_000);
  t.notOk(knows(client, 120));
  for (const server of servers) sim.network.setUp(client.host, server.host, true);
  t.ok(sim.until(() => knows(client, 120), 115_000));
});

t.test('halves of a mesh that were apart come to one view', async (t) => {
  const { sim, all } = meshOf(t, 6, 6);
  sim.pass(60_000);
  const half = (node: SimNode): number => node.id % 2;
  const join = (isUp: boolean): void => {
    for (const a of all) for (const b of all) if (half(a) !== half(b)) sim.network.setUp(a.host, b.host, isUp);
  };
  join(false);
  sim.pass(200_000);
  const one = sim.add(121, { wantsExits: true, servers: [firstServer(all[0]!)] });
  const two = sim.add(122, { wantsExits: true, servers: [firstServer(all[1]!)] });
  for (const node of all) {
    if (half(node) === 1) sim.network.setUp(two.host, node.host, false);
    else sim.network.setUp(one.host, node.host, false);
  }
  sim.pass(60_000);
  for (const node of all) t.equal(knows(node, 121), half(node) === 1, `${node.id} knows its own half`);
  for (const node of all) t.equal(knows(node, 122), half(node) === 0);
  join(true);
  // A round of attempts that just failed, the longest pause after it, and a second in which everybody is told.
  const longestMs = 5_000 + 60_000 + 1_000;
  t.ok(sim.until(() => all.every((node) => knows(node, 121) && knows(node, 122)), longestMs));
  t.comment(`after ${sim.network.nowMs} ms`);
  sim.pass(300_000);
  const counts = countPackets(sim);
  sim.pass(60_000);
  const most = Math.max(...counts.values());
  t.ok(most < 60, `then it is quiet: ${most} messages a minute`);
});
