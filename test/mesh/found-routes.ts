// Links die, and nobody says by which relays to go: nodes find out by what relays say of their links (PROTOCOL sections 5 and 7).
import t, { type Test } from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream } from '../fixtures/echo-stream.ts';
import { leaveTwoRelays, makeRelayMesh, type RelayMesh, untilJoined, wayOf } from '../fixtures/relay-mesh.ts';
import { untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const LINK = { rateMbps: 8, delayMs: 30 } as const;

/** A mesh of two relays that finds ways itself, with a download to come. */
function make(t: Test): RelayMesh {
  const mesh = makeRelayMesh(t, sodium, { relays: 2, link: LINK, findsRoutes: true });
  download(mesh.exit, 200_000_000);
  return mesh;
}

/** Leaves one way, by these relays, and looks how long that keeps 500 KB from coming. */
function checkTwoRelays(t: Test, mesh: RelayMesh, stream: EchoStream, near: number, pauseMs = 0): void {
  const { sim, relays, exit, client } = mesh;
  const way = [relays[near]!, relays[1 - near]!] as const;
  leaveTwoRelays(mesh, ...way, pauseMs);
  const cutAtMs = sim.network.nowMs;
  const bytes = stream.receivedBytes + 500_000;
  sim.until(() => stream.receivedBytes > bytes || stream.ends.length > 0, 40_000);
  t.comment(`${Math.round(sim.network.nowMs - cutAtMs)} ms until 500 KB came`);
  t.same(stream.ends, []);
  t.ok(sim.network.nowMs - cutAtMs < 2_000);
  const ids = way.map(({ id }) => id);
  t.equal(wayOf(mesh), ids.join(', '));
  t.equal(wayOf(mesh, exit, client), ids.toReversed().join(', '));
}

for (const pauseMs of [0, 1_500, 8_000]) {
  for (const near of [0, 1]) {
    t.test(`all links but those of ${near === 0 ? '11, 12' : '12, 11'} die, ${pauseMs} ms apart`, async (t) => {
      const mesh = make(t);
      const { sim, exit, relays, client } = mesh;
      t.ok(untilJoined(mesh));
      t.ok(untilUp(sim, relays[0]!, [relays[1]!]) && untilUp(sim, relays[1]!, [relays[0]!]));
      t.ok(untilUp(sim, client, [exit]));
      // What nodes say of their links has come round.
      sim.pass(60_000);
      const stream = new EchoStream(sim, client, exit);
      sim.pass(3_000);
      checkTwoRelays(t, mesh, stream, near, pauseMs);
    });
  }
}

for (const near of [0, 1]) {
  t.test(
    `they die two seconds after the last node has started, which others do while it does not (${near})`,
    async (t) => {
      const mesh = make(t);
      const { sim, exit, relays, client } = mesh;
      relays[1]!.kill('silently');
      sim.pass(900);
      relays[1]!.restart();
      t.ok(untilUp(sim, client, [exit], 1_500));
      const stream = new EchoStream(sim, client, exit);
      sim.pass(900 + 2_000 - sim.network.nowMs);
      t.ok(stream.receivedBytes > 0);
      checkTwoRelays(t, mesh, stream, near);
    },
  );

  t.test(`they die two seconds after the client has started (${near})`, async (t) => {
    const mesh = make(t);
    const { sim, exit, client } = mesh;
    client.kill('silently');
    sim.pass(5_000);
    client.restart();
    const startedAtMs = sim.network.nowMs;
    t.ok(untilUp(sim, client, [exit], 1_500));
    const stream = new EchoStream(sim, client, exit);
    sim.pass(startedAtMs + 2_000 - sim.network.nowMs);
    t.ok(stream.receivedBytes > 0);
    checkTwoRelays(t, mesh, stream, near);
  });
}

for (const seed of [1, 6]) {
  t.test(`both ends find the same way at the same time, and agree on it (seed ${seed})`, async (t) => {
    const mesh = makeRelayMesh(t, sodium, {
      seed,
      relays: 2,
      link: { rateMbps: 8, delayMs: 33 },
      findsRoutes: true,
    });
    download(mesh.exit, 200_000_000);
    const { sim, relays, exit, client } = mesh;
    sim.network.connect(client.host, exit.host, { rateMbps: 8, delayMs: 50 });
    t.ok(untilJoined(mesh) && untilUp(sim, client, [exit]));
    sim.pass(2_000 + seed * 1_237);
    const stream = new EchoStream(sim, client, exit);
    sim.pass(2_500);
    const near = seed % 2;
    leaveTwoRelays(mesh, relays[near]!, relays[1 - near]!, (seed * 7) % 40);
    const cutAtMs = sim.network.nowMs;
    const bytes = stream.receivedBytes + 100_000;
    sim.until(() => stream.receivedBytes > bytes || stream.ends.length > 0, 10_000);
    t.ok(sim.network.nowMs - cutAtMs < 2_000, `100 KB came within ${Math.round(sim.network.nowMs - cutAtMs)} ms`);
  });
}
