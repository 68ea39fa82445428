// Machines that sleep, are stopped, or have their clocks set, with streams open (PROTOCOL section 1 for keys).
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream, roundTripMs } from '../fixtures/echo-stream.ts';
import { makeQuietStream, makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const MINUTE_MS = 60_000;

for (const clock of ['stood', 'ran'] as const) {
  for (const minutes of [1.5, 61, 110]) {
    for (const moves of [false, true]) {
      t.test(
        `asleep for ${minutes} min in a download: clock ${clock}, ${moves ? 'elsewhere' : 'same network'}`,
        async (t) => {
          const { sim, exits, client } = makeSmallMesh(t, sodium, { seed: 71, link: { rateMbps: 10, delayMs: 50 } });
          const exit = exits[0]!;
          download(exit, 4_000_000);
          t.ok(untilUp(sim, client, exits));
          const stream = new EchoStream(sim, client, exit);
          t.ok(sim.until(() => stream.receivedBytes > 500_000, 20_000));
          client.sleep();
          sim.pass(minutes * MINUTE_MS);
          if (moves) client.host.replaceAddress('198.51.100.5');
          const wokeAtMs = sim.network.nowMs;
          const received = stream.receivedBytes;
          client.wakeUp(clock);
          t.ok(sim.until(() => stream.receivedBytes > received || stream.ends.length > 0, 10_000));
          t.comment(`bytes after ${Math.round(sim.network.nowMs - wokeAtMs)} ms`);
          t.ok(sim.network.nowMs - wokeAtMs < 2_000);
          t.ok(sim.until(() => stream.receivedBytes === 4_000_000, 30_000));
          t.same(stream.ends, []);
        },
      );
    }
  }
}

t.test('asleep for three hours: the session is over, and a new connection works at once', async (t) => {
  const { sim, exit, client, stream } = makeQuietStream(t, sodium);
  client.sleep();
  sim.pass(180 * MINUTE_MS);
  client.wakeUp('stood');
  stream.send();
  t.ok(
    sim.until(() => stream.ends.length > 0, 2_000),
    'visibly',
  );
  t.ok(roundTripMs(sim, client, exit) < 2_000);
});

t.test('nothing is declared dead by the time slept, nor for ten seconds after', async (t) => {
  const { sim, exit, client, stream } = makeQuietStream(t, sodium);
  stream.send();
  client.sleep();
  sim.pass(90_000);
  sim.network.setUp(client.host, exit.host, false);
  client.wakeUp('ran');
  sim.pass(9_900);
  t.same(stream.ends, []);
  sim.pass(1_000);
  t.same(stream.ends, ['reset: session-gone'], 'then it is');
});

for (const whose of ['client', 'exit'] as const) {
  for (const transport of ['udp', 'tcp'] as const) {
    for (const byMs of [-3 * 3_600_000, -5_000, 5_000, 50 * MINUTE_MS, 3 * 3_600_000]) {
      t.test(`the ${whose}'s clock is set by ${byMs / 1_000} s in a download over ${transport}`, async (t) => {
        const link = { rateMbps: 10, delayMs: 50 };
        const mesh = makeSmallMesh(t, sodium, { seed: 72, link, exit: { listens: [transport] } });
        const { sim, client } = mesh;
        const exit = mesh.exits[0]!;
        download(exit, 4_000_000);
        t.ok(untilUp(sim, client, [exit]));
        const stream = new EchoStream(sim, client, exit);
        t.ok(sim.until(() => stream.receivedBytes > 500_000, 20_000));
        (whose === 'client' ? client : exit).setWallClock(byMs);
        let longestMs = 0;
        while (stream.receivedBytes < 4_000_000 && stream.ends.length === 0 && longestMs < 5_000) {
          const lastMs = stream.lastAtMs;
          const received = stream.receivedBytes;
          sim.until(() => stream.receivedBytes > received || stream.ends.length > 0, 5_000);
          longestMs = Math.max(longestMs, sim.network.nowMs - lastMs);
        }
        t.comment(`the longest pause was ${Math.round(longestMs)} ms`);
        t.ok(longestMs < (whose === 'client' ? 500 : 1_000), 'keys are erased and made anew in a few round trips');
        t.equal(stream.receivedBytes, 4_000_000);
        t.same(stream.ends, []);
      });
    }
  }
}

t.test('a stream that was idle on both sides for 25 minutes still works', async (t) => {
  const { sim, stream } = makeQuietStream(t, sodium);
  sim.pass(25 * MINUTE_MS);
  stream.send();
  t.ok(sim.until(() => stream.isEven || stream.ends.length > 0, 1_000));
  t.same(stream.ends, []);
});

t.test('an exit that vanished while its streams were idle is noticed', async (t) => {
  const { sim, exit, stream } = makeQuietStream(t, sodium);
  sim.pass(10 * MINUTE_MS);
  exit.kill('silently');
  const goneAtMs = sim.network.nowMs;
  t.ok(sim.until(() => stream.ends.length > 0, 10 * MINUTE_MS));
  t.comment(`after ${Math.round((sim.network.nowMs - goneAtMs) / 1_000)} s`);
});
