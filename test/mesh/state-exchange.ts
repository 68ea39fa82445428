import t, { type Test } from 'tap';
import type { NodeId } from '../../config/node-id.ts';
import { StateExchange, type StateParts } from '../../mesh/state-exchange.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { firstServer, untilUp } from '../fixtures/small-mesh.ts';
import { SimMesh } from '../fixtures/sim-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { printFlowOnFailure } from '../fixtures/sim/packet-flow.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';

const sodium = await loadSodium();

/** Relays 1 to `count` that are exits too, all joined, and a client. */
function meshOf(t: Test, count: number) {
  const sim = new SimMesh(sodium, 12, { delayMs: 30 });
  printFlowOnFailure(t, sim.flow);
  const relays: SimNode[] = [];
  for (let id = 1; id <= count; id++) {
    const servers = relays[0] === undefined ? [] : [firstServer(relays[0])];
    relays.push(sim.add(id, { exit: true, relay: true, listens: ['udp'], servers }));
    sim.pass(100);
  }
  const client = sim.add(100, { wantsExits: true, servers: [firstServer(relays[0]!)] });
  t.ok(untilUp(sim, client, relays));
  return { sim, relays, client };
}

function waysTo(node: SimNode, other: SimNode): readonly string[] {
  return node.mesh.routes.routes(other.id, node.nowMs).map(({ relays }) => relays.join(','));
}

t.test('a client knows the ways over relays soon, and is known to be there', async (t) => {
  const { sim, relays, client } = meshOf(t, 4);
  t.ok(sim.until(() => relays.every((relay) => waysTo(client, relay).length >= 4), 40_000));
  t.comment(`after ${sim.network.nowMs} ms`);
  for (const relay of relays) t.equal(waysTo(client, relay)[0], '', 'the direct one is the best');
  const other = sim.add(101, { wantsExits: true, servers: [firstServer(relays[2]!)] });
  t.ok(
    sim.until(() => waysTo(client, other).length > 0, 45_000),
    'one that nobody can dial',
  );
  t.ok(waysTo(client, other).every((way) => way !== ''));
});

t.test('a relay that dies is on no way within ten seconds, once one node has noticed', async (t) => {
  const { sim, relays, client } = meshOf(t, 6);
  sim.pass(700_000);
  const [dead, ...alive] = relays as [SimNode, ...SimNode[]];
  dead.kill('silently');
  const uses = (): boolean =>
    alive.some((relay) => waysTo(client, relay).some((way) => way.split(',').includes('1'))) ||
    waysTo(client, dead).length > 0;
  t.ok(uses());
  // Nobody notices before somebody's keep-alive is due; that takes long in a mesh this small.
  t.ok(sim.until(() => client.stateOf(dead) !== 'up', 110_000));
  t.ok(sim.until(() => !uses(), 10_000));
  t.ok(
    sim.until(() => alive.every((relay) => waysTo(relay, dead).length === 0), 5_000),
    'and nobody else has one',
  );
});

t.test('a direct link that fails leaves the ways over relays', async (t) => {
  const { sim, relays, client } = meshOf(t, 3);
  sim.pass(40_000);
  sim.network.setUp(client.host, relays[1]!.host, false);
  client.do((mesh, nowMs) => mesh.ping(relays[1]!.id, nowMs));
  t.ok(sim.until(() => !waysTo(client, relays[1]!).includes(''), 2_000));
  t.same(waysTo(client, relays[1]!).slice(0, 2), ['1', '3']);
  t.equal(waysTo(client, relays[0]!)[0], '');
});

t.test('a mesh in which nothing happens is quiet', async (t) => {
  const { sim } = meshOf(t, 5);
  sim.pass(600_000);
  const before = sim.flow.recorded;
  sim.pass(60_000);
  // Ten pairs of servers and the client's five sessions, each probed every 110 s, or every 80 s; and 75 beats.
  t.ok(sim.flow.recorded - before <= 75 + 40, `${sim.flow.recorded - before} messages`);
});

t.test('one that is back is dialled as soon as somebody hears it', async (t) => {
  const { sim, relays, client } = meshOf(t, 3);
  sim.pass(5_000);
  const [, gone] = relays as [SimNode, SimNode, SimNode];
  gone.kill('silently');
  sim.pass(600_000);
  t.equal(client.stateOf(gone), 'down');
  gone.restart();
  t.ok(sim.until(() => client.stateOf(gone) === 'up', 32_000));
});

t.test('one exit that comes and goes does not use up what others may say of those that are really gone', async (t) => {
  const [flapping, dead] = [nodeId(50), nodeId(60)];
  const MINUTE_MS = 60_000;
  for (const tellers of [1, 2, 4]) {
    for (let diedAtMs = 40 * MINUTE_MS; diedAtMs < 50 * MINUTE_MS; diedAtMs += 17_000) {
      const probed: NodeId[] = [];
      const peer = (id: NodeId) => {
        const keepAlive = { heardAtMs: -MINUTE_MS };
        const probe = (nowMs: number): void => {
          probed.push(id);
          keepAlive.heardAtMs = nowMs + 50;
        };
        return [id, { id, isUp: true, keepAlive, probe }] as const;
      };
      const states = new StateExchange({
        isServer: false,
        isRelay: false,
        servesTraffic: () => false,
        peers: new Map([peer(flapping), peer(dead)]) as unknown as StateParts['peers'],
        locate: () => null,
        isOnRoutes: () => true,
        stateOf: () => null,
        subscribers: () => new Set(),
        publish: () => {},
        tellLost: () => {},
      });
      for (let atMs = 0; atMs < diedAtMs; atMs += MINUTE_MS / tellers) {
        const teller = nodeId(1 + (Math.round((atMs * tellers) / MINUTE_MS) % tellers));
        states.lostElsewhere(teller, [flapping], atMs);
      }
      const wasted = probed.length;
      states.lostElsewhere(nodeId(1), [dead], diedAtMs);
      t.equal(probed[wasted], dead, `${tellers} tell, ${diedAtMs} ms`);
      t.ok(wasted <= 4 * tellers + diedAtMs / 300_000 + 4);
    }
  }
});
