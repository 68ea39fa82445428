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
