// The only relay that leads to an exit begins anew: streams wait for it, and go on (PROTOCOL section 7).
import t, { type Test } from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, echo, EchoStream } from '../fixtures/echo-stream.ts';
import { makeRelayMesh, type RelayMesh, setLink, untilJoined, wayOf } from '../fixtures/relay-mesh.ts';
import { untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();

/** A stream with something to say ten times a second, by the only relay: the direct link died 3 s ago. */
function make(t: Test, seed: number): RelayMesh & { readonly stream: EchoStream } {
  const link = { delayMs: 30, jitterMs: 4, rateMbps: 8 };
  const mesh = makeRelayMesh(t, sodium, { seed, link, findsRoutes: true });
  const { sim, exit, client } = mesh;
  echo(exit);
  t.ok(untilJoined(mesh) && untilUp(sim, client, [exit]));
  sim.pass(10_000 + seed * 777);
  const stream = new EchoStream(sim, client, exit);
  talk(mesh, stream, 2_000);
  setLink(mesh, client, exit, false);
  talk(mesh, stream, 3_000);
  t.equal(wayOf(mesh), '11');
  return { ...mesh, stream };
}

/** Says something every 100 ms for so long; the longest time in which nothing came back, in ms. */
function talk({ sim }: RelayMesh, stream: EchoStream, ms: number, begin: () => void = () => {}, afterMs = 0): number {
  const startMs = sim.network.nowMs;
  let [longestMs, hasBegun] = [0, false];
  for (let atMs = startMs, seen = stream.receivedBytes; sim.network.nowMs < startMs + ms;) {
    if (!hasBegun && sim.network.nowMs >= startMs + afterMs) begin();
    hasBegun ||= sim.network.nowMs >= startMs + afterMs;
    if (stream.ends.length === 0) stream.send();
    sim.pass(100);
    if (stream.receivedBytes > seen) atMs = sim.network.nowMs;
    seen = stream.receivedBytes;
    longestMs = Math.max(longestMs, sim.network.nowMs - atMs);
  }
  return longestMs;
}

for (const how of ['it dies', 'it says GOODBYE'] as const) {
  t.test(`three times in a row, and ${how}`, async (t) => {
    for (const [seed, awayMs, limitMs] of [
      [1, 0, 2_500],
      [2, 200, 2_500],
      [1, 1_000, 3_000],
      [2, 2_000, 5_000],
    ] as const) {
      const mesh = make(t, seed);
      const { relays, stream } = mesh;
      const relay = relays[0]!;
      for (let round = 0; round < 3; round++) {
        if (how === 'it says GOODBYE') relay.do((node, nowMs) => node.close(nowMs));
        relay.kill(how === 'it dies' ? 'silently' : 'refusing');
        const gapMs = talk(mesh, stream, 8_000, () => relay.restart(), awayMs);
        t.ok(gapMs <= limitMs, `away for ${awayMs} ms: ${gapMs} ms without bytes`);
        t.same(stream.ends, []);
        t.equal(wayOf(mesh), '11');
      }
    }
  });
}

t.test(
  'a download by TCP goes on, though a dead connection that takes nothing is the only way for a moment',
  async (t) => {
    const mesh = makeRelayMesh(t, sodium, {
      link: { delayMs: 30, rateMbps: 4 },
      transports: ['tcp'],
      findsRoutes: true,
    });
    const { sim, exit, client, relays } = mesh;
    download(exit, 100_000_000);
    t.ok(untilJoined(mesh) && untilUp(sim, client, [exit]));
    sim.pass(10_000);
    const stream = new EchoStream(sim, client, exit);
    sim.pass(2_000);
    setLink(mesh, client, exit, false);
    sim.pass(5_000);
    t.equal(wayOf(mesh, exit, client), '11');
    for (let round = 0; round < 2; round++) {
      relays[0]!.restart();
      sim.pass(3_000);
      const bytes = stream.receivedBytes;
      sim.pass(1_000);
      t.ok(stream.receivedBytes > bytes + 100_000, `${stream.receivedBytes - bytes} bytes in the fourth second`);
    }
    t.same(stream.ends, []);
  },
);

t.test('the exit begins anew, and is reached by the relay alone', async (t) => {
  const mesh = make(t, 1);
  const { sim, client, exit, stream } = mesh;
  exit.kill('silently');
  sim.pass(500);
  exit.restart();
  const startedAtMs = sim.network.nowMs;
  t.ok(sim.until(() => stream.ends.length > 0 && client.stateOf(exit) === 'up', 8_000));
  const next = new EchoStream(sim, client, exit);
  next.send();
  t.ok(sim.until(() => next.isEven, 3_000));
  t.comment(`${Math.round(sim.network.nowMs - startedAtMs)} ms until the next stream`);
  t.equal(wayOf(mesh), '11');
});
