import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { firstServer } from '../fixtures/small-mesh.ts';
import { SimMesh } from '../fixtures/sim-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { printFlowOnFailure } from '../fixtures/sim/packet-flow.ts';
import type { SimLinkOptions } from '../fixtures/sim/sim-link-options.ts';

const sodium = await loadSodium();

/** Servers 1 to `count`, all joined for a while. */
function serversOf(t: Parameters<typeof printFlowOnFailure>[0], count: number, link: Partial<SimLinkOptions> = {}) {
  const sim = new SimMesh(sodium, 14, { delayMs: 30, ...link });
  printFlowOnFailure(t, sim.flow);
  const servers: SimNode[] = [];
  for (let id = 1; id <= count; id++) {
    servers.push(
      sim.add(id, { exit: true, listens: ['udp'], servers: servers[0] === undefined ? [] : [firstServer(servers[0])] }),
    );
    sim.pass(50);
  }
  sim.pass(1_000_000);
  return { sim, servers };
}

/** Whether every one of these has a session that answers with every other. */
function areJoined(nodes: readonly SimNode[]): boolean {
  return nodes.every((node) => nodes.every((other) => node === other || node.stateOf(other) === 'up'));
}

t.test('servers that die beside each other are missed by all within seconds, however idle they are', async (t) => {
  const { sim, servers } = serversOf(t, 7);
  t.ok(areJoined(servers));
  const dead = servers.slice(2, 5);
  const alive = servers.filter((server) => !dead.includes(server));
  for (const server of dead) server.kill('silently');
  const isMissed = (): boolean => alive.every((node) => dead.every((other) => node.stateOf(other) !== 'up'));
  t.ok(sim.until(isMissed, 10_000));
  t.ok(areJoined(alive));
  for (const server of dead) server.restart();
  t.ok(
    sim.until(() => areJoined(servers), 60_000),
    'and are part of the ring again',
  );
  servers[3]!.kill('silently');
  t.ok(sim.until(() => servers[2]!.stateOf(servers[3]!) !== 'up', 8_000));
});

t.test('two watch each other', async (t) => {
  const { sim, servers } = serversOf(t, 2);
  const [first, second] = servers as [SimNode, SimNode];
  second.kill('silently');
  t.ok(sim.until(() => first.stateOf(second) !== 'up', 8_000));
  sim.pass(60_000);
  second.restart();
  t.ok(sim.until(() => areJoined(servers), 60_000));
  sim.pass(60_000);
  first.kill('silently');
  t.ok(sim.until(() => second.stateOf(first) !== 'up', 8_000));
});

t.test('a server without others has nothing to do for it', async (t) => {
  const { sim, servers } = serversOf(t, 1);
  const [server] = servers as [SimNode];
  const client = sim.add(9, { wantsExits: true, servers: [firstServer(server)] });
  t.ok(sim.until(() => client.stateOf(server) === 'up'));
  sim.pass(600_000);
  const before = server.ticks;
  sim.pass(600_000);
  t.ok(server.ticks - before < 40, `${server.ticks - before} ticks in ten minutes`);
});

t.test('where packets get lost nobody is taken for dead', async (t) => {
  const { sim, servers } = serversOf(t, 4, { lossRate: 0.05 });
  for (const server of servers) server.notices.length = 0;
  sim.pass(1_800_000);
  for (const { notices } of servers)
    t.same(
      notices.filter(({ level }) => level !== 'info').map(({ message }) => message),
      [],
    );
  t.ok(areJoined(servers));
});

t.test('tables are compared beside it all the same, and it costs little', async (t) => {
  const { sim, servers } = serversOf(t, 2);
  const [first, second] = servers as [SimNode, SimNode];
  const link = sim.network.link(first.host, second.host);
  link.resetCounters();
  sim.pass(3_600_000);
  const { sent } = link.counters;
  // A beat every 5 s, a probe with a TABLE or its answer every two minutes, a new E.
  t.ok(sent > 720 + 25 && sent < 720 + 80, `${sent} messages in an hour`);
});
