// Whole nodes over paths that do not carry what is usual: they join, gossip and stream all the same.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream } from '../fixtures/echo-stream.ts';
import { firstServer, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';

const sodium = await loadSodium();

t.test('two nodes join, gossip and stream both ways', async (t) => {
  for (const mtuBytes of [576, 1_124, 1_280, 1_500]) {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { link: { mtuBytes, delayMs: 20 } });
    const [exit] = exits as [SimNode];
    t.ok(untilUp(sim, client, [exit], 5_000), `${mtuBytes}: up after ${sim.network.nowMs} ms`);
    const known = (node: SimNode, other: SimNode): boolean =>
      node.mesh.nodes().some(({ id, name }) => id === other.id && name !== '');
    t.ok(sim.until(() => known(client, exit) && known(exit, client), 5_000));
    const stream = new EchoStream(sim, client, exit);
    const startedAtMs = sim.network.nowMs;
    stream.send(200_000);
    t.ok(sim.until(() => stream.isEven, 10_000));
    t.comment(`${mtuBytes}: 200 KB there and back in ${Math.round(sim.network.nowMs - startedAtMs)} ms`);
    t.same(stream.ends, []);
    const { maxMessageBytes } = client.mesh.nodes()[0]!;
    t.ok(maxMessageBytes !== null && maxMessageBytes <= mtuBytes - 28, `messages of ${maxMessageBytes} bytes`);
  }
});

t.test('records and digests that fit no packet arrive in pieces', async (t) => {
  const { sim, exits } = makeSmallMesh(t, sodium, { exits: 30, link: { mtuBytes: 576, delayMs: 20, lossRate: 0.02 } });
  const late = sim.add(120, { wantsExits: true, servers: [firstServer(exits[0]!)] });
  const nodes = [...exits, late];
  const knowsAll = (node: SimNode): boolean =>
    node.mesh.nodes().filter(({ name }) => name !== '').length >= nodes.length;
  t.ok(
    sim.until(() => knowsAll(late), 20_000),
    `${late.mesh.nodes().filter(({ name }) => name !== '').length} known`,
  );
});
