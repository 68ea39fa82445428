// Ephemeral keys over hours: they change, are erased, and nothing stalls meanwhile.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream, roundTripMs, untilWorksMs } from '../fixtures/echo-stream.ts';
import { makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import { MessageDecoder } from '../fixtures/message-decoder.ts';
import type { SimMesh } from '../fixtures/sim-mesh.ts';

const sodium = await loadSodium();
const HOUR_MS = 3_600_000;

/** Collects which ephemeral keys are in use on the wire, as `origin>destination` key ids. */
function watchKeys(sim: SimMesh): Set<string> {
  const decoder = new MessageDecoder(sodium);
  decoder.learn(sim.networkKey);
  const seen = new Set<string>();
  sim.onPacket = (bytes) => {
    const header = decoder.header(bytes);
    if (header?.keyLevel === 2) seen.add(`${header.origin}:${header.originKeyId}`);
  };
  return seen;
}

for (const lossRate of [0, 0.1]) {
  t.test(`a long-lived stream over five hours with ${lossRate * 100} % loss`, async (t) => {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { seed: 31, link: { lossRate } });
    t.ok(untilUp(sim, client, exits));
    const keys = watchKeys(sim);
    const stream = new EchoStream(sim, client, exits[0]!);
    let slowestMs = 0;
    // The sixth keys are made at five hours, and to say so may take several tries.
    for (let second = 0; second < 5 * 3_600 + 60; second += 5) {
      const sentAtMs = sim.network.nowMs;
      stream.send(50);
      if (!sim.until(() => stream.isEven, 5_000)) break;
      slowestMs = Math.max(slowestMs, sim.network.nowMs - sentAtMs);
      sim.pass(5_000 - (sim.network.nowMs - sentAtMs));
    }
    t.ok(stream.isEven && stream.ends.length === 0, 'nothing stalls');
    t.ok(sim.network.nowMs >= 5 * HOUR_MS);
    t.comment(`the slowest echo took ${slowestMs} ms`);
    t.ok(slowestMs < 1_500);
    for (const id of [1, 100]) {
      t.equal([...keys].filter((key) => key.startsWith(`${id}:`)).length, 6, `node ${id} used six keys`);
    }
  });

  t.test(`an idle session over five hours with ${lossRate * 100} % loss`, async (t) => {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { seed: 32, link: { lossRate } });
    t.ok(untilUp(sim, client, exits));
    for (let hour = 0; hour < 5; hour++) {
      sim.pass(HOUR_MS - 1_000);
      t.ok(roundTripMs(sim, client, exits[0]!) < 1_500, `after hour ${hour + 1}`);
      t.equal(client.notices.filter(({ code }) => code === 'peer-down').length, 0);
    }
  });
}

t.test('a client that is cut off for longer than keys live comes back', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  // The exit has something outstanding all the while, and no key left that the client knows.
  const stream = new EchoStream(sim, client, exit);
  stream.send(500_000);
  sim.pass(30);
  client.sleep();
  sim.pass(115 * 60_000);
  client.wakeUp('ran');
  t.ok(sim.until(() => stream.isEven || stream.ends.length > 0, 10_000));
  t.ok(stream.isEven, 'the stream goes on');
});

for (const clock of ['stood', 'ran'] as const) {
  t.test(`a sleep of two hours: the clock ${clock}`, async (t) => {
    const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2, link: { lossRate: 0.05 } });
    t.ok(untilUp(sim, client, exits));
    const keys = watchKeys(sim);
    t.ok(roundTripMs(sim, client, exits[0]!) < 1_000);
    const before = new Set([...keys].filter((key) => key.startsWith('100:')));
    t.equal(before.size, 1);
    client.sleep();
    sim.pass(2 * HOUR_MS);
    client.wakeUp(clock);
    keys.clear();
    t.ok(untilWorksMs(sim, client, exits[0]!, 5_000) < 2_000);
    t.ok(untilWorksMs(sim, client, exits[1]!, 5_000) < 2_000);
    for (const key of keys) t.notOk(before.has(key), 'what was erased is not used');
  });
}

t.test('both sides sleep', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  t.ok(untilUp(sim, client, exits));
  client.sleep();
  exits[0]!.sleep();
  sim.pass(3 * HOUR_MS);
  exits[0]!.wakeUp('stood');
  sim.pass(1_000);
  client.wakeUp('stood');
  t.ok(untilWorksMs(sim, client, exits[0]!, 5_000) < 2_000);
});
