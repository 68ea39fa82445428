// Nodes behind NATs get through to each other (PUNCH, PROTOCOL section 5), or by relays where they can't.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream, roundTripMs } from '../fixtures/echo-stream.ts';
import { linkOf, makeNatMesh, type Way } from '../fixtures/nat-mesh.ts';
import { untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const WAYS = ['none', 'full-cone', 'port-restricted', 'symmetric'] as const;

/**
 * How each pair ends up, the exit's NAT in the order of {@link WAYS}: one that gives each remote another port helps nobody
 * whose NAT lets only those ports in that were sent to.
 */
const ENDS: Readonly<Record<Way, readonly ('direct' | 'relay')[]>> = {
  none: ['direct', 'direct', 'direct', 'direct'],
  'full-cone': ['direct', 'direct', 'direct', 'direct'],
  'port-restricted': ['direct', 'direct', 'direct', 'relay'],
  symmetric: ['direct', 'direct', 'relay', 'relay'],
};

for (const client of WAYS) {
  for (const [index, exit] of WAYS.entries()) {
    t.test(`client: ${client}, exit: ${exit}: ${ENDS[client][index]}`, async (t) => {
      const mesh = makeNatMesh(t, sodium, { client, exit, relays: true, link: { delayMs: 20 } });
      const { sim } = mesh;
      t.ok(untilUp(sim, mesh.client, [mesh.exit], 10_000));
      t.comment(`up after ${Math.round(sim.network.nowMs)} ms by ${linkOf(mesh.client, mesh.exit)}`);
      t.ok(roundTripMs(sim, mesh.client, mesh.exit) < 500);
      const stream = new EchoStream(sim, mesh.client, mesh.exit);
      for (let turn = 0; turn < 100; turn++) {
        stream.send(1_000);
        sim.pass(200);
      }
      t.ok(sim.until(() => stream.isEven || stream.ends.length > 0, 5_000));
      t.same(stream.ends, []);
      t.match(linkOf(mesh.client, mesh.exit), ENDS[client][index] === 'relay' ? /^relay/ : /^udp:/);
    });
  }
}
