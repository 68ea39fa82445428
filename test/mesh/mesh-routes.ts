import t from 'tap';
import { encodeRevocation, signRevocation } from '../../mesh/gossip/revocation.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { firstServer, untilUp } from '../fixtures/small-mesh.ts';
import { SimMesh } from '../fixtures/sim-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { printFlowOnFailure } from '../fixtures/sim/packet-flow.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';

const sodium = await loadSodium();

function waysTo(node: SimNode, id: number): readonly string[] {
  return node.mesh.routes
    .routes(nodeId(id), node.nowMs)
    .map(({ relays, costMs }) => `${relays.join(',')}=${Math.round(costMs)}`);
}

t.test('ways lead over nodes that are certified as relays only, and cost what they should', async (t) => {
  const sim = new SimMesh(sodium, 5, { delayMs: 10 });
  printFlowOnFailure(t, sim.flow);
  const first = sim.add(1, { exit: true, relay: true, listens: ['udp'] });
  const others = [2, 3].map((id) =>
    sim.add(id, { exit: true, relay: id === 2, listens: ['udp'], servers: [firstServer(first)] }),
  );
  const client = sim.add(100, { wantsExits: true, servers: [firstServer(first)] });
  sim.network.connect(client.host, others[1]!.host, { delayMs: 100 });
  t.ok(untilUp(sim, client, [first, ...others]));
  sim.pass(65_000);
  const ways = waysTo(client, 3);
  t.same(ways.slice(0, 2), ['1=24', '2=24']);
  t.match(ways[2], /^(1,2|2,1)=38$/);
  t.equal(ways.at(-1), '=100');
  t.same(waysTo(client, 1), ['=10', '2=24'], 'not over node 3');
  t.same(waysTo(client, 100), []);
  t.same(waysTo(client, 77), []);

  const revocation = signRevocation(sodium, sim.admin.secretKey, { id: nodeId(1), upToSerial: 1 });
  t.ok(client.do((mesh, nowMs) => mesh.admit(encodeRevocation(revocation), 'revocation', nowMs)));
  sim.pass(1_000);
  t.same(waysTo(client, 3), ['2=24', '=100'], 'who was put out is on no way');
  t.same(waysTo(client, 1), []);
});
