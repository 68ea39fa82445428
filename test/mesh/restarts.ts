// Processes that die and begin anew, on either side and on both, with and without what they had on disk: no black holes.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream, untilWorksMs } from '../fixtures/echo-stream.ts';
import { makeSmallMesh, type SmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import type { FailingTest } from '../fixtures/sim/packet-flow.ts';
import { SeededRandom } from '../fixtures/sim/seeded-random.ts';

const sodium = await loadSodium();
/** A process whose state is lost must have started in a later second than the one before, or its number is not new. */
const LONG_ENOUGH_MS = 1_100;

/** What must hold after anything was restarted: a new stream works soon. */
function worksWithin(
  t: FailingTest & { ok(value: boolean, message: string): boolean },
  { sim, exits, client }: SmallMesh,
  limitMs: number,
  what: string,
): void {
  const tookMs = untilWorksMs(sim, client, exits[0]!, limitMs);
  t.ok(tookMs <= limitMs, `${what}: ${tookMs} ms`);
}

function sessionOf(node: SimNode, other: SimNode): number {
  return node.mesh.persisted().peers[String(other.id)]?.session ?? 0;
}

for (const transport of ['udp', 'tcp'] as const) {
  for (const how of ['silently', 'refusing'] as const) {
    for (const isStateLost of [false, true]) {
      const manner = `${transport}, ${how}, state ${isStateLost ? 'lost' : 'kept'}`;

      t.test(`the exit restarts: ${manner}`, async (t) => {
        const mesh = makeSmallMesh(t, sodium, { exit: { listens: [transport] } });
        const { sim, exits, client } = mesh;
        const exit = exits[0]!;
        t.ok(untilUp(sim, client, exits));
        let number = 0;
        sim.pass(LONG_ENOUGH_MS);
        for (let round = 0; round < 5; round++) {
          const old = new EchoStream(sim, client, exit);
          old.send();
          t.ok(sim.until(() => old.isEven || old.ends.length > 0));
          t.ok(sessionOf(client, exit) >= number, 'session numbers only grow');
          number = sessionOf(client, exit);
          sim.pass(LONG_ENOUGH_MS);
          exit.kill(how);
          sim.pass(round * 500);
          exit.restart({ isStateLost });
          worksWithin(t, mesh, 8_000, `round ${round}`);
          t.same(old.ends, ['reset: session-gone'], 'the old stream got one reset');
          t.ok(sessionOf(client, exit) > number, 'the new session has a higher number');
        }
      });

      t.test(`the client restarts: ${manner}`, async (t) => {
        const mesh = makeSmallMesh(t, sodium, { exit: { listens: [transport] } });
        const { sim, exits, client } = mesh;
        t.ok(untilUp(sim, client, exits));
        let number = 0;
        sim.pass(LONG_ENOUGH_MS);
        for (let round = 0; round < 5; round++) {
          t.ok(sessionOf(exits[0]!, client) > number, 'session numbers only grow');
          number = sessionOf(exits[0]!, client);
          sim.pass(LONG_ENOUGH_MS);
          client.kill(how);
          sim.pass(round * 300);
          client.restart({ isStateLost });
          worksWithin(t, mesh, 3_000, `round ${round}`);
        }
      });

      t.test(`both restart at once: ${manner}`, async (t) => {
        const mesh = makeSmallMesh(t, sodium, { exit: { listens: [transport] } });
        const { sim, exits, client } = mesh;
        t.ok(untilUp(sim, client, exits));
        sim.pass(LONG_ENOUGH_MS);
        for (let round = 0; round < 5; round++) {
          sim.pass(LONG_ENOUGH_MS);
          client.kill(how);
          exits[0]!.kill(how);
          sim.pass(round * 300);
          if (round % 2 === 0) client.restart({ isStateLost });
          exits[0]!.restart({ isStateLost: isStateLost && round % 3 !== 0 });
          if (round % 2 === 1) client.restart({ isStateLost });
          worksWithin(t, mesh, 6_000, `round ${round}`);
        }
      });
    }
  }
}

t.test('a server whose disk is lost and a client with a higher session number find each other', async (t) => {
  const mesh = makeSmallMesh(t, sodium);
  const { sim, exits, client } = mesh;
  t.ok(untilUp(sim, client, exits));
  sim.pass(LONG_ENOUGH_MS);
  // Numbers ahead of the clock, as after a clock that was wrong.
  const saved = client.mesh.persisted();
  client.saved = { ...saved, peers: { '1': { session: 3_000_000_000, lastGood: null } } };
  client.restart();
  worksWithin(t, mesh, 3_000, 'ahead');
  t.equal(sessionOf(exits[0]!, client), 3_000_000_001);
  sim.pass(LONG_ENOUGH_MS);
  exits[0]!.restart({ isStateLost: true });
  worksWithin(t, mesh, 8_000, 'the server is younger');
  t.equal(sessionOf(exits[0]!, client), 3_000_000_002);
  sim.pass(LONG_ENOUGH_MS);
  exits[0]!.restart({ isStateLost: true });
  client.restart();
  worksWithin(t, mesh, 8_000, 'both are younger');
  sim.pass(LONG_ENOUGH_MS);
  client.restart({ isStateLost: true });
  worksWithin(t, mesh, 8_000, 'the client is younger');
  t.ok(sessionOf(client, exits[0]!) > 3_000_000_003);
});

t.test('a hundred restarts at random, with losses', async (t) => {
  const mesh = makeSmallMesh(t, sodium, {
    seed: 11,
    exits: 2,
    link: { lossRate: 0.1, jitterMs: 20, keepsOrder: false, duplicateRate: 0.05 },
    exit: { listens: ['udp', 'tcp'] },
  });
  const { sim, exits, client } = mesh;
  const random = new SeededRandom(12);
  t.ok(untilUp(sim, client, exits));
  let slowestMs = 0;
  for (let round = 0; round < 100; round++) {
    const nodes = [client, ...exits].filter(() => random.next() < 0.5);
    for (const node of nodes) node.kill(random.next() < 0.5 ? 'silently' : 'refusing');
    sim.pass(random.next() * 10_000);
    for (const node of nodes) {
      node.restart({ isStateLost: random.next() < 0.3 });
      sim.pass(random.next() * 500);
    }
    const startMs = sim.network.nowMs;
    worksWithin(t, mesh, 20_000, `round ${round}`);
    slowestMs = Math.max(slowestMs, sim.network.nowMs - startMs);
    sim.pass(random.next() * 60_000);
  }
  t.comment(`the slowest took ${slowestMs} ms`);
});
