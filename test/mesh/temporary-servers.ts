// An exit or relay that nobody can dial serves all the same, over the links that it keeps itself (PROTOCOL section 5).
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { echo, EchoStream, roundTripMs, untilWorksMs } from '../fixtures/echo-stream.ts';
import { type FailingTest, printFlowOnFailure } from '../fixtures/sim/packet-flow.ts';
import { SimMesh } from '../fixtures/sim-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { firstServer, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const DELAY_MS = 20;

interface Options {
  readonly transport?: 'udp' | 'tcp';
  readonly servers?: number;
  readonly relays?: number;
}

/** Servers from 1 on, the last of which are relays, an exit, number 50, and a client, number 100: both know only the first server. */
function makeMesh(t: FailingTest, { transport = 'udp', servers: count = 3, relays = 2 }: Options = {}) {
  const sim = new SimMesh(sodium, 31, { delayMs: DELAY_MS });
  printFlowOnFailure(t, sim.flow);
  const servers: SimNode[] = [];
  for (let id = 1; id <= count; id++) {
    const known = servers[0] === undefined ? [] : [firstServer(servers[0], false, [transport])];
    servers.push(sim.add(id, { relay: id > count - relays, listens: [transport], servers: known }));
  }
  const known = [firstServer(servers[0]!, false, [transport])];
  const addExit = (): SimNode => {
    const exit = sim.add(50, { exit: true, servers: known });
    echo(exit);
    return exit;
  };
  const client = sim.add(100, { wantsExits: true, servers: known });
  return { sim, servers, relays: servers.slice(-relays), addExit, client };
}

/** The longest time between two messages from a node to each of the others, in a while. */
function longestGapsMs(sim: SimMesh, node: SimNode, others: readonly SimNode[], whileMs: number): number[] {
  const lastMs = new Map<string, number>(others.map(({ host }) => [host.name, sim.network.nowMs]));
  const longestMs = new Map<string, number>();
  const note = (to: string): void => {
    const gapMs = sim.network.nowMs - lastMs.get(to)!;
    longestMs.set(to, Math.max(longestMs.get(to) ?? 0, gapMs));
    lastMs.set(to, sim.network.nowMs);
  };
  sim.onPacket = (_bytes, from, to) => {
    if (from === node.host.name && lastMs.has(to)) note(to);
  };
  sim.pass(whileMs);
  sim.onPacket = null;
  for (const { host } of others) note(host.name);
  return others.map(({ host }) => longestMs.get(host.name)!);
}

t.test('it is reached by relays that its configuration does not name, and by others where one dies', async (t) => {
  const { sim, servers, relays, addExit, client } = makeMesh(t);
  const exit = addExit();
  t.ok(untilUp(sim, exit, servers));
  t.ok(untilUp(sim, client, [exit], 5_000));
  t.ok(roundTripMs(sim, client, exit) < 500);
  const stream = new EchoStream(sim, client, exit);
  stream.send();
  t.ok(sim.until(() => stream.isEven, 1_000));
  relays[0]!.kill('silently');
  for (let turn = 0; turn < 20; turn++) {
    stream.send();
    sim.pass(100);
  }
  t.ok(
    sim.until(() => stream.isEven, 3_000),
    'the stream goes on',
  );
  t.same(stream.ends, []);
});

t.test('NATs on its way to servers and relays never forget it', async (t) => {
  const { sim, servers, addExit } = makeMesh(t);
  const exit = addExit();
  t.ok(untilUp(sim, exit, servers));
  sim.pass(600_000);
  const gapsMs = longestGapsMs(sim, exit, servers, 600_000);
  for (const gapMs of gapsMs) t.ok(gapMs < 26_000, `nothing was sent for ${Math.round(gapMs)} ms`);
});

t.test('connections are remembered for longer', async (t) => {
  const { sim, servers, addExit } = makeMesh(t, { transport: 'tcp' });
  const exit = addExit();
  t.ok(untilUp(sim, exit, servers));
  sim.pass(600_000);
  for (const gapMs of longestGapsMs(sim, exit, servers, 600_000)) {
    t.ok(gapMs > 70_000 && gapMs < 120_000, `nothing was sent for ${Math.round(gapMs)} ms`);
  }
});

t.test('one that joins late, moves or restarts is found by who waits for it', async (t) => {
  const { sim, addExit, client } = makeMesh(t);
  sim.pass(120_000);
  const exit = addExit();
  const since = (): (() => number) => {
    const atMs = sim.network.nowMs;
    return () => Math.round(sim.network.nowMs - atMs);
  };
  let tookMs = since();
  t.ok(untilUp(sim, client, [exit], 5_000), `joined: up after ${tookMs()} ms`);
  sim.pass(60_000);
  exit.host.changeAddress('198.51.100.7');
  sim.pass(30_000);
  t.ok(roundTripMs(sim, client, exit, 5_000) < 5_000, 'it has another address');
  sim.pass(60_000);
  exit.restart();
  echo(exit);
  tookMs = since();
  t.ok(untilWorksMs(sim, client, exit, 5_000) < 5_000, `restarted: used after ${tookMs()} ms`);
});

t.test('who was offline finds it again, though nobody has anything new to tell', async (t) => {
  const { sim, servers, addExit, client } = makeMesh(t);
  const exit = addExit();
  t.ok(untilUp(sim, client, [exit], 5_000));
  sim.pass(60_000);
  for (const node of [...servers, exit]) sim.network.setUp(client.host, node.host, false);
  client.do((mesh, nowMs) => [...servers, exit].forEach(({ id }) => mesh.ping(id, nowMs)));
  t.ok(sim.until(() => [...servers, exit].every((node) => client.stateOf(node) !== 'up'), 60_000));
  sim.pass(120_000);
  for (const node of [...servers, exit]) sim.network.setUp(client.host, node.host, true);
  t.ok(untilUp(sim, client, [exit], 75_000));
});

t.test('it costs no more than a server', async (t) => {
  const { sim, servers, addExit, client } = makeMesh(t, { servers: 12, relays: 12 });
  const exit = addExit();
  t.ok(untilUp(sim, exit, servers, 20_000));
  sim.pass(120_000);
  let exitBytes = 0;
  let clientBytes = 0;
  sim.onPacket = (bytes, from, to) => {
    const isOf = (node: SimNode): boolean => [from, to].includes(node.host.name);
    if (isOf(exit)) exitBytes += bytes.length;
    if (isOf(client)) clientBytes += bytes.length;
  };
  sim.pass(300_000);
  t.ok(exitBytes < 5 * 20_000, `the exit: ${Math.round(exitBytes / 5)} bytes a minute`);
  t.ok(clientBytes < 5 * 3_000, `the client: ${Math.round(clientBytes / 5)} bytes a minute`);
});
