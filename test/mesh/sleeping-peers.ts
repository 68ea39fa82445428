// What a server sends towards a peer that sleeps or has vanished, for as long as it keeps the session (PROTOCOL section 7).
import t, { type Test } from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, echo, EchoStream } from '../fixtures/echo-stream.ts';
import { makeRelayMesh, type RelayMesh, type RelayMeshOptions, untilJoined } from '../fixtures/relay-mesh.ts';
import { firstServer, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const MINUTE_MS = 60_000;

/** An exit, two relays, and a client that has found ways by them. */
function make(t: Test, options: RelayMeshOptions = {}): RelayMesh {
  const link = { delayMs: 20, rateMbps: 8, ...options.link };
  const mesh = makeRelayMesh(t, sodium, { relays: 2, findsRoutes: true, ...options, link });
  const { sim, exit, client, relays } = mesh;
  if (!untilUp(sim, client, [exit, ...relays]) || !untilJoined(mesh)) throw new Error('no sessions');
  sim.pass(20_000);
  return mesh;
}

/** Lets a minute pass: how many packets left for the client, and from the exit for relays, and how often the exit ran. */
function minute({ sim, exit, client }: RelayMesh): { toClient: number; toRelays: number; ticks: number } {
  const { ticks } = exit;
  const before = sim.flow.recorded;
  sim.pass(MINUTE_MS);
  const sent = sim.flow.last(sim.flow.recorded - before);
  const toClient = sent.filter(({ to }) => to === client.host.name).length;
  const toRelays = sent.filter(({ from, to }) => from === exit.host.name && to !== client.host.name).length;
  return { toClient, toRelays, ticks: exit.ticks - ticks };
}

/**
 * Checks that hardly more is said than in a minute in which all is well and nothing happens. In the second minute each
 * of the three may still be in its own first minute of silence: it probes every five seconds, half the time with HELLO.
 */
function checkQuiet(t: Test, mesh: RelayMesh, idle: ReturnType<typeof minute>, afterMs: readonly number[]): void {
  let passedMs = 0;
  for (const ms of afterMs) {
    mesh.sim.pass(ms - passedMs);
    const { toClient, toRelays, ticks } = minute(mesh);
    passedMs = ms + MINUTE_MS;
    const text = `after ${ms / MINUTE_MS} min: ${toClient} to the client, ${toRelays} to relays, ${ticks} ticks`;
    t.comment(text);
    t.ok(toClient <= (ms < 3 * MINUTE_MS ? 40 : 12) && toRelays <= idle.toRelays + 6 && ticks <= idle.ticks + 30, text);
  }
}

for (const how of ['sleeps', 'vanishes'] as const) {
  t.test(`a client ${how} in mid-download`, async (t) => {
    const mesh = make(t);
    const { sim, exit, client } = mesh;
    const idle = minute(mesh);
    download(exit, 3_000_000);
    const stream = new EchoStream(sim, client, exit);
    t.ok(sim.until(() => stream.receivedBytes > 1_000_000, 10_000));
    if (how === 'sleeps') client.sleep();
    else client.kill('silently');
    checkQuiet(t, mesh, idle, [2 * MINUTE_MS, 40 * MINUTE_MS]);
    if (how === 'vanishes') return;
    const wokeAtMs = sim.network.nowMs;
    const received = stream.receivedBytes;
    client.wakeUp('stood');
    t.ok(sim.until(() => stream.receivedBytes > received, 10_000));
    t.ok(sim.network.nowMs - wokeAtMs < 2_000, `bytes after ${Math.round(sim.network.nowMs - wokeAtMs)} ms`);
    t.ok(sim.until(() => stream.receivedBytes === 3_000_000, 20_000));
    t.same(stream.ends, []);
  });
}

t.test('a client sleeps in mid-upload, with packets missing that the exit asks for', async (t) => {
  const mesh = make(t, { link: { lossRate: 0.03 } });
  const { sim, exit, client } = mesh;
  const idle = minute(mesh);
  let cameBytes = 0;
  exit.onStream = (stream) => {
    stream.accept(stream.target, 1);
    stream.onEvent = () => {
      for (let piece = stream.read(); piece !== null; piece = stream.read()) cameBytes += piece.length;
    };
  };
  const stream = new EchoStream(sim, client, exit);
  stream.send(3_000_000);
  t.ok(sim.until(() => cameBytes > 1_000_000, 20_000));
  client.sleep();
  checkQuiet(t, mesh, idle, [2 * MINUTE_MS, 10 * MINUTE_MS]);
  const wokeAtMs = sim.network.nowMs;
  const came = cameBytes;
  client.wakeUp('stood');
  t.ok(sim.until(() => cameBytes > came, 10_000));
  t.ok(sim.network.nowMs - wokeAtMs < 2_000, `bytes after ${Math.round(sim.network.nowMs - wokeAtMs)} ms`);
  t.ok(sim.until(() => cameBytes === 3_000_000, 30_000));
  t.same(stream.ends, []);
});

t.test('a client sleeps with a stream open, and a node joins of which the others tell it', async (t) => {
  const mesh = make(t);
  const { sim, exit, client, relays } = mesh;
  echo(exit);
  const stream = new EchoStream(sim, client, exit);
  for (let turn = 0; turn < 30; turn++) {
    stream.send(2_000);
    sim.pass(200);
  }
  sim.pass(5 * MINUTE_MS);
  const idle = minute(mesh);
  client.sleep();
  sim.add(2, { exit: true, listens: ['udp'], servers: relays.map((relay) => firstServer(relay)) });
  checkQuiet(t, mesh, idle, [2 * MINUTE_MS, 60 * MINUTE_MS]);
  const wokeAtMs = sim.network.nowMs;
  client.wakeUp('stood');
  stream.send();
  t.ok(sim.until(() => stream.isEven || stream.ends.length > 0, 10_000));
  t.ok(sim.network.nowMs - wokeAtMs < 2_000, `an answer after ${Math.round(sim.network.nowMs - wokeAtMs)} ms`);
  t.same(stream.ends, []);
});
