// Sessions over relays, in whole meshes: how they begin, and what relays say of them.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { download, EchoStream } from '../fixtures/echo-stream.ts';
import { linkBetween, makeRelayMesh, setLink, untilJoined } from '../fixtures/relay-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { RouteForger } from '../fixtures/route-forger.ts';
import { firstServer, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();

t.test('a download from an exit that only a relay can reach', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { link: { rateMbps: 50, delayMs: 20 } });
  const { sim, exit, relays, client, routes } = mesh;
  setLink(mesh, client, exit, false);
  download(exit, 2_000_000);
  t.ok(untilJoined(mesh));
  routes.set(exit, [], relays);
  t.ok(untilUp(sim, client, [exit], 20_000));
  t.match(linkBetween(client, exit), /^relay 11 /);
  const stream = new EchoStream(sim, client, exit);
  t.ok(
    sim.until(() => stream.receivedBytes === 2_000_000, 10_000),
    `${stream.receivedBytes} bytes`,
  );
  const ms = sim.network.nowMs - stream.openedAtMs;
  t.comment(`${ms} ms`);
  t.ok(ms < 2_000, `${ms} ms`);
});

t.test(
  'UNREACHABLE: from a relay on the way, about a message sent there, the path is left for 5 s; else nothing',
  async (t) => {
    const mesh = makeRelayMesh(t, sodium, { relays: 2, link: { rateMbps: 20, delayMs: 20 } });
    const { sim, exit, relays, client, routes } = mesh;
    const [near, far] = relays as readonly [SimNode, SimNode];
    sim.network.connect(far.host, exit.host, { rateMbps: 20, delayMs: 60 });
    setLink(mesh, client, exit, false);
    download(exit, 200_000_000);
    // A member that both relays know, and that is not there any more.
    const gone = sim.add(50, { servers: relays.map((relay) => firstServer(relay)) });
    t.ok(untilJoined(mesh));
    t.ok(untilUp(sim, gone, relays));
    sim.pass(1_000);
    gone.do((node, nowMs) => node.close(nowMs));
    routes.set(exit, [], [near], [far]);
    t.ok(untilUp(sim, client, [exit], 20_000));
    const stream = new EchoStream(sim, client, exit);
    t.ok(
      sim.until(() => stream.receivedBytes > 10_000_000 && linkBetween(client, exit)!.startsWith('relay 11'), 60_000),
    );
    const forger = new RouteForger(sim);
    const lastSent = (): Uint8Array => {
      sim.pass(200);
      return forger.passed.findLast(({ from, header }) => from === 'n100' && header.relay1 === near.id)!.bytes;
    };
    /** Makes a relay say that it could not pass on a message with this T. */
    const complain = (relay: SimNode, bytes: Uint8Array): void => {
      forger.send(client, relay, forger.withTagOf(bytes, { origin: 100, relay1: relay.id, destination: gone.id }));
      sim.pass(600);
    };
    complain(far, lastSent());
    t.match(linkBetween(client, exit), /^relay 11 /, 'a relay that is not on the way');
    complain(near, forger.message({ origin: 100, relay1: 11, destination: 1, packetNumber: 77 }));
    t.match(linkBetween(client, exit), /^relay 11 /, 'a message that was never sent');
    complain(near, lastSent());
    t.match(linkBetween(client, exit), /^relays? 12\b/);
    t.match(linkBetween(exit, client), /^relay 11 /, 'the other direction is the other side’s business');
    const bytes = stream.receivedBytes;
    sim.pass(1_000);
    t.ok(stream.receivedBytes > bytes + 1_000_000);
    t.same(stream.ends, []);
    t.ok(
      sim.until(() => linkBetween(client, exit)!.startsWith('relay 11'), 60_000),
      'it is come back to',
    );
  },
);

t.test('an exit that has no address, and a client whom it has never heard of', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { link: { delayMs: 20, rateMbps: 8 }, exit: { listens: [] } });
  const { sim, exit, relays, client, routes } = mesh;
  setLink(mesh, client, exit, false);
  download(exit, 500_000);
  t.ok(untilJoined(mesh));
  routes.set(exit, relays);
  t.ok(untilUp(sim, client, [exit], 20_000));
  const stream = new EchoStream(sim, client, exit);
  t.ok(sim.until(() => stream.receivedBytes === 500_000, 3_000));
});

t.test('the first stream by relay waits half a second and two round trips, no more', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { link: { delayMs: 20 } });
  const { sim, exit, relays, client, routes } = mesh;
  t.ok(untilJoined(mesh));
  t.ok(untilUp(sim, client, [exit]));
  sim.pass(2_000);
  setLink(mesh, client, exit, false);
  routes.set(exit, [], relays);
  exit.onStream = (stream) => stream.accept(stream.target, 1);
  client.restart();
  t.ok(untilUp(sim, client, relays));
  const stream = new EchoStream(sim, client, exit);
  t.ok(sim.until(() => stream.isOpened, 5_000));
  const ms = sim.network.nowMs - stream.openedAtMs;
  t.ok(ms < 500 + 3 * 80, `${ms} ms`);
});

t.test('a relay restarts: what goes by it goes on, once it is back', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { link: { delayMs: 20, rateMbps: 8 } });
  const { sim, exit, relays, client, routes } = mesh;
  setLink(mesh, client, exit, false);
  download(exit, 20_000_000);
  t.ok(untilJoined(mesh));
  routes.set(exit, [], relays);
  t.ok(untilUp(sim, client, [exit], 20_000));
  const stream = new EchoStream(sim, client, exit);
  t.ok(sim.until(() => stream.receivedBytes > 1_000_000, 10_000));
  relays[0]!.restart();
  const restartedAtMs = sim.network.nowMs;
  const bytes = stream.receivedBytes + 100_000;
  t.ok(sim.until(() => stream.receivedBytes > bytes || stream.ends.length > 0, 20_000));
  t.same(stream.ends, []);
  t.ok(sim.network.nowMs - restartedAtMs < 4_000, `${sim.network.nowMs - restartedAtMs} ms`);
});

t.test('a relay restarts while nothing goes by it: the next stream finds it', async (t) => {
  const mesh = makeRelayMesh(t, sodium, { link: { delayMs: 20, rateMbps: 8 } });
  const { sim, exit, relays, client, routes } = mesh;
  setLink(mesh, client, exit, false);
  download(exit, 100_000);
  t.ok(untilJoined(mesh));
  routes.set(exit, [], relays);
  t.ok(untilUp(sim, client, [exit], 20_000));
  sim.pass(10_000);
  relays[0]!.restart();
  sim.pass(3_000);
  const stream = new EchoStream(sim, client, exit);
  t.ok(sim.until(() => stream.receivedBytes === 100_000 || stream.ends.length > 0, 10_000));
  t.same(stream.ends, []);
  t.ok(sim.network.nowMs - stream.openedAtMs < 4_000, `${sim.network.nowMs - stream.openedAtMs} ms`);
});
