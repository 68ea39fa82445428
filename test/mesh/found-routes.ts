// Links die, and nobody says by which relays to go: nodes find out by what relays say of their links (PROTOCOL sections 5 and 7).
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream } from '../fixtures/echo-stream.ts';
import { makeRelayMesh, setLink, untilJoined, wayOf } from '../fixtures/relay-mesh.ts';
import { untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const RATE = { rateMbps: 8 } as const;

for (const pauseMs of [0, 1_500, 8_000]) {
  for (const [index, wanted] of ['11, 12', '12, 11'].entries()) {
    t.test(`all links but those of ${wanted} die, ${pauseMs} ms apart`, async (t) => {
      const mesh = makeRelayMesh(t, sodium, { relays: 2, link: { ...RATE, delayMs: 30 }, findsRoutes: true });
      const { sim, exit, relays, client } = mesh;
      const [near, far] = index === 0 ? [relays[0]!, relays[1]!] : [relays[1]!, relays[0]!];
      download(exit, 200_000_000);
      t.ok(untilJoined(mesh));
      t.ok(sim.until(() => near.stateOf(far) === 'up' && far.stateOf(near) === 'up'));
      t.ok(untilUp(sim, client, [exit]));
      // What nodes say of their links has come round.
      sim.pass(60_000);
      const stream = new EchoStream(sim, client, exit);
      sim.pass(3_000);
      for (const [a, b] of [
        [client, exit],
        [client, far],
        [near, exit],
      ] as const) {
        setLink(mesh, a, b, false);
        sim.pass(pauseMs);
      }
      const cutAtMs = sim.network.nowMs;
      const bytes = stream.receivedBytes + 500_000;
      sim.until(() => stream.receivedBytes > bytes || stream.ends.length > 0, 20_000);
      t.comment(`${Math.round(sim.network.nowMs - cutAtMs)} ms until 500 KB came`);
      t.same(stream.ends, []);
      t.ok(sim.network.nowMs - cutAtMs < 4_000);
      t.equal(wayOf(mesh), wanted);
      t.equal(wayOf(mesh, exit, client), wanted.split(', ').toReversed().join(', '));
    });
  }
}
