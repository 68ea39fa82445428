// GOODBYE: who stops for good, who comes back, and how soon that is noticed.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream } from '../fixtures/echo-stream.ts';
import { makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();

for (const transport of ['udp', 'tcp'] as const) {
  t.test(`${transport}: a node that stops resets its streams and is down at once`, async (t) => {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { listens: [transport] }, link: { delayMs: 30 } });
    const exit = exits[0]!;
    t.ok(untilUp(sim, client, exits));
    const stream = new EchoStream(sim, client, exit);
    stream.send();
    t.ok(sim.until(() => stream.isEven));
    exit.do((mesh, nowMs) => mesh.close(nowMs));
    t.ok(sim.until(() => client.stateOf(exit) === 'down', 200));
    t.same(stream.ends, ['reset: shutting-down']);
    const view = client.mesh.nodes().find(({ id }) => id === exit.id)!;
    t.equal(view.backInMs, null, 'it does not say that it comes back');
    t.match(client.notices.at(-1), { code: 'peer-down', message: /said-goodbye/ });
  });

  t.test(`${transport}: one that restarts says when it is back, and is found again soon after`, async (t) => {
    for (const awayMs of [2_000, 28_000, 250_000]) {
      const mesh = makeSmallMesh(t, sodium, { exit: { listens: [transport] }, link: { delayMs: 30 } });
      const { sim, exits, client } = mesh;
      const exit = exits[0]!;
      t.ok(untilUp(sim, client, exits));
      sim.pass(1_100);
      exit.do((node, nowMs) => node.close(nowMs, 300));
      t.ok(sim.until(() => client.stateOf(exit) === 'down', 200));
      exit.kill('refusing');
      const { backInMs } = client.mesh.nodes(client.nowMs).find(({ id }) => id === exit.id)!;
      t.ok(backInMs! > 299_000 && backInMs! <= 300_000);
      sim.pass(awayMs);
      t.equal(client.stateOf(exit), 'down', 'all the time');
      exit.restart();
      const backAtMs = sim.network.nowMs;
      t.ok(sim.until(() => client.stateOf(exit) === 'up', 30_000));
      const tookMs = sim.network.nowMs - backAtMs;
      t.ok(tookMs < 4_500, `away for ${awayMs} ms, noticed after ${tookMs} ms`);
      t.equal(client.mesh.nodes().find(({ id }) => id === exit.id)?.backInMs, null);
    }
  });

  t.test(`${transport}: one that stops and starts again within 30 s is found again by then`, async (t) => {
    for (const awayMs of [1_000, 8_000, 15_000, 22_000, 25_000]) {
      const mesh = makeSmallMesh(t, sodium, { exit: { listens: [transport] }, link: { delayMs: 30 } });
      const { sim, exits, client } = mesh;
      const exit = exits[0]!;
      t.ok(untilUp(sim, client, exits));
      sim.pass(1_100);
      exit.do((node, nowMs) => node.close(nowMs));
      exit.kill('refusing');
      const leftAtMs = sim.network.nowMs;
      sim.pass(awayMs);
      exit.restart();
      t.ok(sim.until(() => client.stateOf(exit) === 'up', 60_000));
      const tookMs = sim.network.nowMs - leftAtMs;
      t.ok(tookMs < 30_000, `away for ${awayMs} ms, there after ${tookMs} ms`);
    }
  });
}
