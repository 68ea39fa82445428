import t from 'tap';
import { Incarnation } from '../../mesh/gossip/incarnation.ts';
import { ownGossip } from '../../mesh/own-node.ts';
import { SelfDescription } from '../../mesh/self-description.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { firstServer, untilUp } from '../fixtures/small-mesh.ts';
import { SimMesh } from '../fixtures/sim-mesh.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';
import { nodeOptions } from './fixtures/node-options.ts';

const sodium = await loadSodium();

/** Three servers and a node that dials them all, from a public address. */
function meshOfFour(transport: 'udp' | 'tcp'): { sim: SimMesh; servers: readonly SimNode[]; node: SimNode } {
  const sim = new SimMesh(sodium, 3, { delayMs: 20 });
  const servers = [1, 2, 3].map((id) => sim.add(id, { listens: [transport] }));
  const known = servers.map((server) => firstServer(server, false, [transport]));
  return { sim, servers, node: sim.add(50, { exit: true, listens: [transport], servers: known, ip: '8.0.0.50' }) };
}

function publicAddresses(by: SimNode, of: SimNode): readonly string[] {
  return by.mesh.nodes().find(({ id }) => id === of.id)?.publicAddresses ?? [];
}

for (const transport of ['udp', 'tcp'] as const) {
  t.test(`${transport}: others tell a node where it comes from, and it tells all`, async (t) => {
    const { sim, servers, node } = meshOfFour(transport);
    t.ok(untilUp(sim, node, servers));
    t.ok(sim.until(() => node.mesh.own.publicAddresses.length > 0, 1_000));
    t.same(node.mesh.own.publicAddresses, ['8.0.0.50']);
    t.ok(sim.until(() => servers.every((server) => publicAddresses(server, node)[0] === '8.0.0.50'), 2_000));
    for (const server of servers) {
      t.same(server.mesh.own.publicAddresses, [], 'who only listens is told nothing');
      const view = server.mesh.nodes().find(({ id }) => id === node.id)!;
      t.same(view.addresses, [`${transport}://8.0.0.50:4840`], 'where it is seen is no address to dial');
    }
    node.host.changeAddress('8.0.0.51');
    t.ok(sim.until(() => servers.every((server) => publicAddresses(server, node)[0] === '8.0.0.51'), 180_000));
    t.same(node.mesh.own.publicAddresses, ['8.0.0.51']);
  });
}

t.test('an address that only its neighbours could use is not told', async (t) => {
  const sim = new SimMesh(sodium, 3, {});
  const server = sim.add(1, { listens: ['udp'] });
  const node = sim.add(50, { servers: [firstServer(server)] });
  t.ok(untilUp(sim, node, [server]));
  sim.pass(5_000);
  t.same(node.mesh.own.publicAddresses, []);
  t.same(publicAddresses(server, node), []);
});

t.test('position and draining reach all, and are taken back', async (t) => {
  const sim = new SimMesh(sodium, 3, { delayMs: 20 });
  const server = sim.add(1, { listens: ['udp'], exit: true, position: { latitude: 52.52, longitude: 13.4 } });
  const node = sim.add(50, { servers: [firstServer(server)], wantsExits: true });
  t.ok(untilUp(sim, node, [server]));
  sim.pass(1_000);
  const view = () => node.mesh.nodes().find(({ id }) => id === 1)!;
  t.match(view(), { position: { latitude: 52.52, longitude: 13.4 }, draining: null });
  const changesBefore = node.nodesChanged;
  server.do((mesh, nowMs) => mesh.setDraining({ leavesAtS: 1_800_000_060 }, nowMs));
  t.same(server.mesh.own.draining, { leavesAtS: 1_800_000_060 });
  t.ok(sim.until(() => view().draining !== null, 1_000));
  t.same(view().draining, { leavesAtS: 1_800_000_060 });
  t.ok(node.nodesChanged > changesBefore);
  server.do((mesh, nowMs) => mesh.setDraining(null, nowMs));
  t.ok(sim.until(() => view().draining === null, 1_000));
  t.match(
    node.notices.filter(({ code }) => code === 'draining'),
    [
      { node: 1, level: 'info', message: /exit 1 is draining: / },
      { node: 1, message: 'exit 1 is draining no longer' },
    ],
  );
  server.do((mesh, nowMs) => mesh.setDraining(null, nowMs));
  sim.pass(1_000);
  t.equal(node.notices.filter(({ code }) => code === 'draining').length, 2, 'nothing new, nothing said');
});

t.test('a new process drains no longer', async (t) => {
  const sim = new SimMesh(sodium, 3, { delayMs: 20 });
  const server = sim.add(1, { listens: ['udp'], exit: true });
  const node = sim.add(50, { servers: [firstServer(server)], wantsExits: true });
  t.ok(untilUp(sim, node, [server]));
  server.do((mesh, nowMs) => mesh.setDraining({ leavesAtS: null }, nowMs));
  t.ok(sim.until(() => node.mesh.nodes()[0]?.draining !== null, 1_000));
  server.restart();
  // With nothing outstanding it is the keep-alive that finds the new process.
  t.ok(sim.until(() => node.mesh.nodes()[0]?.draining === null, 30_000));
});

t.test('which addresses are its own, and its site’s', async (t) => {
  const advertised = [{ transport: 'udp', host: '8.0.0.7', port: 5 }] as const;
  const options = nodeOptions(sodium, { advertised });
  const self = new SelfDescription(
    options,
    ownGossip(options, sodium.signKeyPair(options.identitySeed), new Incarnation(5, 0), null),
  );
  t.same([...self.localAddresses], []);
  self.setLocalAddresses(['192.168.1.5', '10.0.0.1'], 0);
  t.same([...self.localAddresses], ['192.168.1.5', '10.0.0.1']);
  self.setLocalAddresses(['192.168.2.5'], 0);
  t.same([...self.localAddresses], ['192.168.2.5'], 'in another network none of before');
  const seen = (by: number, host: string): unknown =>
    self.observed(nodeId(by), { transport: 'udp', source: 'observed', host, port: 5 }, null, 0);
  t.notOk(self.isSeenIn('9.0.0.1'));
  seen(1, '9.0.0.1');
  seen(2, '2a00:1:2:3::5');
  for (const host of ['9.0.0.1', '8.0.0.7', '2a00:1:2:3::6']) t.ok(self.isSeenIn(host), host);
  for (const host of ['9.0.0.2', '8.0.0.6', '2a00:1:2:4::5', '192.168.2.5']) t.notOk(self.isSeenIn(host), host);
  seen(1, '9.0.0.2');
  t.ok(self.isSeenIn('9.0.0.2'));
  t.notOk(self.isSeenIn('9.0.0.1'), 'where it was before');
});
