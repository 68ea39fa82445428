// A node of sixty is put out: nobody talks to it, passes anything on for it or goes through it any more, five seconds later.
import t from 'tap';
import { encodeRevocation, signRevocation } from '../../mesh/gossip/revocation.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { knowsNode, ScaleMesh } from '../fixtures/scale-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';

const sodium = await loadSodium();
const SERVERS = 8;

const mesh = new ScaleMesh(sodium, 3);
const { sim } = mesh;
for (let count = 0; count < SERVERS; count++) mesh.addServer();
for (let count = SERVERS; count < 60; count++) mesh.addClient(SERVERS);
const bad = mesh.servers[4]!;
const others = [...mesh.servers, ...mesh.clients].filter((node) => node !== bad);

function revocationOf(id: SimNode['id']): Uint8Array {
  return encodeRevocation(signRevocation(sodium, sim.admin.secretKey, { id, upToSerial: 1 }));
}

function isOut(node: SimNode): boolean {
  return !node.mesh.nodes().some(({ id }) => id === bad.id);
}

/** Packets that others have sent to it. */
function sentTo(node: SimNode): number {
  return others.reduce((sum, { host }) => sum + sim.network.link(host, node.host).counters.sent, 0);
}

t.test('a revocation reaches all within five seconds, and with it the node is out', async (t) => {
  t.not(
    mesh.untilAll(others, (node) => others.every(({ id }) => id === node.id || knowsNode(node, id)), 20_000),
    null,
  );
  sim.pass(5_000);
  const goesBy = (node: SimNode): boolean =>
    others.some(({ id }) => node.mesh.routes.routes(id, node.nowMs).some(({ relays }) => relays.includes(bad.id)));
  t.ok(others.some(goesBy), 'ways led through it');
  // These are away, and it is not told: whoever stole it lets nobody tell it.
  const away = [mesh.servers[6]!, ...mesh.clients.slice(0, 5)];
  for (const node of away) mesh.kill(node);
  bad.kill('silently');
  sim.pass(100);
  const there = others.filter((node) => !mesh.dead.has(node));
  t.ok(mesh.clients[20]!.do((node, nowMs) => node.admit(revocationOf(bad.id), 'revocation', nowMs)));
  bad.restart();
  const tookMs = mesh.untilAll(there, (node) => isOut(node) && !goesBy(node), 5_000);
  t.comment(`${tookMs} ms`);
  t.not(tookMs, null);
  const before = sentTo(bad);
  sim.pass(8_000);
  t.equal(sentTo(bad), before, 'it gets silence');
  t.ok(there.every(isOut));

  for (const node of away) mesh.revive(node);
  const learnedMs = mesh.untilAll(away, isOut, 5_000);
  t.comment(`${learnedMs} ms after they came back`);
  t.not(learnedMs, null, 'who was away learns it');
  sim.pass(8_000);
  const after = sentTo(bad);
  sim.pass(8_000);
  t.equal(sentTo(bad), after);
  t.ok(others.every(isOut));
});
