// Nodes behind NATs get through to each other (PUNCH, PROTOCOL section 5), or by relays where they can't.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream, roundTripMs } from '../fixtures/echo-stream.ts';
import { linkOf, makeNatMesh, type Way } from '../fixtures/nat-mesh.ts';
import { untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const WAYS = ['none', 'full-cone', 'port-restricted', 'symmetric'] as const;

/** A NAT that gives each remote another port helps nobody whose NAT lets only those ports in that were sent to. */
function isHopeless(client: Way, exit: Way): boolean {
  const isStrict = (way: Way): boolean => way === 'port-restricted' || way === 'symmetric';
  return (client === 'symmetric' && isStrict(exit)) || (exit === 'symmetric' && isStrict(client));
}

for (const client of WAYS) {
  for (const exit of WAYS) {
    t.test(`client: ${client}, exit: ${exit}`, async (t) => {
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
      t.match(linkOf(mesh.client, mesh.exit), isHopeless(client, exit) ? /^relay/ : /^udp:/);
    });
  }
}
