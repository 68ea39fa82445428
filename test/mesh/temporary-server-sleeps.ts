// An exit that nobody can dial sleeps while somebody uses it, or for long: it is found again once it is awake.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream, roundTripMs } from '../fixtures/echo-stream.ts';
import { makeNatMesh } from '../fixtures/nat-mesh.ts';
import { untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();

for (const way of ['none', 'port-restricted'] as const) {
  for (const [sleptS, clock, isUsed] of [
    [20, 'ran', true],
    [141, 'ran', true],
    [600, 'stood', true],
    [4_000, 'stood', false],
  ] as const) {
    t.test(`behind ${way}, asleep for ${sleptS} s, clock ${clock}, ${isUsed ? 'used' : 'idle'}`, async (t) => {
      const { sim, exit, client } = makeNatMesh(t, sodium, { client: way, exit: way, link: { delayMs: 20 } });
      t.ok(untilUp(sim, client, [exit], 20_000));
      sim.pass(60_000);
      const stream = isUsed ? new EchoStream(sim, client, exit) : null;
      exit.sleep();
      stream?.send(1_000);
      sim.pass(sleptS * 1_000);
      if (isUsed) t.equal(client.stateOf(exit), 'down');
      exit.wakeUp(clock);
      const awakeAtMs = sim.network.nowMs;
      t.ok(untilUp(sim, client, [exit], 20_000));
      t.comment(`${Math.round(sim.network.nowMs - awakeAtMs)} ms`);
      const tookMs = roundTripMs(sim, client, exit);
      t.comment(`${Math.round(tookMs)} ms for the first answer`);
      t.ok(tookMs < 2_000, `${tookMs} ms`);
    });
  }
}
