// Which of several ways a session uses while all of them work, and what that costs (PROTOCOL section 7).
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream } from '../fixtures/echo-stream.ts';
import { makeRelayMesh, setLink, untilJoined, wayOf } from '../fixtures/relay-mesh.ts';
import { untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
/** Half a MB a second. */
const RATE = { rateMbps: 4 } as const;

t.test('a link that comes and goes does not take the download along', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { link: { ...RATE, delayMs: 40 } });
  const { sim, exit, relays, client, routes } = mesh;
  sim.network.connect(client.host, exit.host, { ...RATE, delayMs: 20 });
  download(exit, 1_000_000_000);
  t.ok(untilJoined(mesh));
  routes.set(exit, [], relays);
  t.ok(untilUp(sim, client, [exit]));
  const stream = new EchoStream(sim, client, exit);
  let changes = 0;
  for (let round = 0, way = ''; round < 420; round++) {
    setLink(mesh, client, exit, round % 60 < 40); // 4 s there, 2 s away
    sim.pass(100);
    const now = wayOf(mesh, exit, client);
    if (now !== way) changes++;
    way = now;
  }
  t.comment(`${changes} changes in 42 s, ${stream.receivedBytes} bytes`);
  t.ok(changes <= 6, `${changes} changes in 42 s`);
  t.ok(stream.receivedBytes > 0.8 * 42 * 450_000);
  t.same(stream.ends, []);
});

t.test('a relay that costs less is used, and one that costs as much is not', async (t) => {
  for (const [delayMs, way] of [
    [15, '11'],
    [23, 'direct'],
  ] as const) {
    const mesh = makeRelayMesh(t, sodium, { link: { ...RATE, delayMs } });
    const { sim, exit, relays, client, routes } = mesh;
    sim.network.connect(client.host, exit.host, { ...RATE, delayMs: 50 });
    download(exit, 400_000_000);
    t.ok(untilJoined(mesh));
    routes.set(exit, [], relays);
    t.ok(untilUp(sim, client, [exit]));
    const stream = new EchoStream(sim, client, exit);
    sim.pass(9_000);
    t.equal(wayOf(mesh, exit, client), 'direct');
    sim.pass(20_000);
    t.equal(wayOf(mesh, exit, client), way);
    t.ok(stream.receivedBytes > 0.8 * 29 * 450_000, `${stream.receivedBytes}`);
  }
});

t.test('a direct way that was not there at first is used once it was better for ten seconds', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { link: { ...RATE, delayMs: 33 } });
  const { sim, exit, relays, client, routes } = mesh;
  sim.network.connect(client.host, exit.host, { ...RATE, delayMs: 50 });
  download(exit, 400_000_000);
  setLink(mesh, client, exit, false);
  t.ok(untilJoined(mesh));
  routes.set(exit, relays);
  t.ok(untilUp(sim, client, [exit]));
  const stream = new EchoStream(sim, client, exit);
  sim.pass(5_000);
  t.equal(wayOf(mesh), '11');
  setLink(mesh, client, exit, true);
  let packets = 0;
  let firstAtMs = Infinity;
  sim.onPacket = (_bytes, from, to) => {
    if (from === `n${exit.id}` && to === 'n100' && ++packets === 1) firstAtMs = sim.network.nowMs;
  };
  t.ok(sim.until(() => wayOf(mesh, exit, client) === 'direct', 120_000));
  const waitedMs = sim.network.nowMs - firstAtMs;
  t.comment(`${Math.round(waitedMs)} ms after the first packet`);
  t.ok(waitedMs > 9_000 && waitedMs < 13_000);
  t.same(stream.ends, []);
});

t.test('without data nothing is sent to keep other ways ready', async (t) => {
  const count = (withRoutes: boolean): number => {
    const mesh = makeRelayMesh(t, sodium, { relays: 2, link: { delayMs: 20 } });
    const { sim, exit, relays, client, routes } = mesh;
    if (withRoutes) routes.set(exit, [], ...relays.map((relay) => [relay]));
    t.ok(untilJoined(mesh));
    t.ok(untilUp(sim, client, [exit]));
    const stream = new EchoStream(sim, client, exit);
    t.ok(sim.until(() => stream.isOpened || stream.ends.length > 0));
    sim.pass(60_000);
    const before = sim.flow.recorded;
    sim.pass(600_000);
    return sim.flow.recorded - before;
  };
  const [without, withRoutes] = [count(false), count(true)];
  t.ok(withRoutes <= without + 4, `${withRoutes} packets in ten minutes, ${without} without relays`);
});
