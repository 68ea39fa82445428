// Two nodes behind one NAT get a direct link in their own network (PUNCH, PROTOCOL section 5).
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { echo, EchoStream, roundTripMs } from '../fixtures/echo-stream.ts';
import { linkOf } from '../fixtures/nat-mesh.ts';
import type { NatKind } from '../fixtures/sim/sim-nat.ts';
import { type FailingTest, printFlowOnFailure } from '../fixtures/sim/packet-flow.ts';
import { SimMesh } from '../fixtures/sim-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { firstServer, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();
const OUTSIDE = '9.0.0.1';
const EXIT_IP = '192.168.1.5';
const CLIENT_IP = '192.168.1.7';
const MINUTE_MS = 60_000;

/** A relay outside, a client and an exit behind one NAT, and the messages that went from one of these to the other or to nobody. */
function makeHome(
  t: FailingTest,
  kind: NatKind,
  { hairpins = false, isOneNetwork = true, isExitListening = false, exitNat = OUTSIDE } = {},
) {
  const sim = new SimMesh(sodium, 1, { delayMs: 20 });
  printFlowOnFailure(t, sim.flow);
  const relay = sim.add(1, { relay: true, listens: ['udp'], ip: '8.0.0.1' });
  const servers = [firstServer(relay)];
  const listens = isExitListening ? ({ listens: ['udp'], advertisedIp: OUTSIDE } as const) : {};
  const exit = sim.add(50, { exit: true, servers, ip: EXIT_IP, nat: { ip: exitNat, kind }, ...listens });
  echo(exit);
  const client = sim.add(100, { wantsExits: true, servers, ip: CLIENT_IP, nat: { ip: OUTSIDE, kind } });
  const nat = client.host.nat!;
  nat.hairpins = hairpins;
  nat.isOneNetwork = isOneNetwork;
  sim.network.connect(exit.host, client.host, { delayMs: 1 });
  const sent = { inside: 0, lost: 0 };
  sim.onPacket = (_bytes, from, to) => {
    if (from !== 'n50' && from !== 'n100') return;
    if (to === 'nowhere') sent.lost++;
    else if (to !== 'n1') sent.inside++;
  };
  return { sim, relay, exit, client, nat, sent };
}

/** Data flows for so long, or until the client's link to the exit is such; returns what it is then, or how the stream ended. */
function use(sim: SimMesh, client: SimNode, exit: SimNode, ms: number, link?: RegExp): string | null {
  const stream = new EchoStream(sim, client, exit);
  const endMs = sim.network.nowMs + ms;
  while (sim.network.nowMs < endMs && (link === undefined || !link.test(linkOf(client, exit) ?? ''))) {
    stream.send(1_000);
    sim.pass(200);
  }
  if (!sim.until(() => stream.isEven, 5_000)) return `the stream did not go on: ${stream.ends.join()}`;
  client.do(() => stream.stream.reset('reset-by-near'));
  return linkOf(client, exit);
}

for (const kind of ['port-restricted', 'symmetric', 'full-cone'] as const) {
  t.test(`${kind}, which does not lead back: a direct link inside, by data in flight`, async (t) => {
    const { sim, client, exit } = makeHome(t, kind);
    t.ok(untilUp(sim, client, [exit], 10_000));
    const link = use(sim, client, exit, 30_000, /^udp:/);
    t.match(link, `udp://${EXIT_IP}:`);
    t.comment(`${link} after ${Math.round(sim.network.nowMs)} ms`);
    use(sim, client, exit, 15_000);
    t.match(linkOf(exit, client), `udp://${CLIENT_IP}:`, 'each for itself');
    t.ok(roundTripMs(sim, client, exit) < 20, 'it is as near as it is');
    sim.pass(5 * MINUTE_MS);
    t.ok(roundTripMs(sim, client, exit) < 20, 'nothing on the way forgets it');
  });
}

t.test('one that does lead back: a direct link, whichever', async (t) => {
  const { sim, client, exit } = makeHome(t, 'port-restricted', { hairpins: true });
  t.ok(untilUp(sim, client, [exit], 10_000));
  t.match(use(sim, client, exit, 30_000, /^udp:/), /^udp:/);
});

t.test('an exit that listens at the address of the NAT, which leads to it from outside only', async (t) => {
  const { sim, client, exit } = makeHome(t, 'port-restricted', { isExitListening: true });
  t.ok(untilUp(sim, client, [exit], 10_000));
  t.match(linkOf(client, exit), /^relay/);
  t.match(use(sim, client, exit, 30_000, /^udp:/), `udp://${EXIT_IP}:`);
});

t.test('another NAT: nobody is told anything, and nothing is sent inside', async (t) => {
  const { sim, client, exit, sent } = makeHome(t, 'symmetric', { exitNat: '9.0.0.2' });
  t.ok(untilUp(sim, client, [exit], 10_000));
  t.match(use(sim, client, exit, 30_000), /^relay/);
  t.equal(sent.lost, 0);
});

t.test('a carrier’s NAT: in the own network that address is somebody else’s', async (t) => {
  const { sim, client, exit, sent } = makeHome(t, 'symmetric', { isOneNetwork: false });
  t.ok(untilUp(sim, client, [exit], 10_000));
  for (let times = 0; times < 10; times++) {
    t.match(use(sim, client, exit, 2_000), /^relay/);
    sim.pass(6 * MINUTE_MS);
  }
  // Two sides, each of them to the inner and to the outer address.
  t.ok(sent.lost > 0 && sent.lost <= 2 * (4 + 32), `${sent.lost} messages in an hour`);
  t.equal(sent.inside, 0);
});

t.test('the client leaves the network, and comes back', async (t) => {
  const { sim, client, exit } = makeHome(t, 'port-restricted');
  t.ok(untilUp(sim, client, [exit], 10_000));
  t.match(use(sim, client, exit, 30_000, /^udp:/), `udp://${EXIT_IP}:`);
  const stream = new EchoStream(sim, client, exit);
  stream.send(1_000);
  t.ok(sim.until(() => stream.isEven, 1_000));
  client.host.leaveNat();
  client.host.replaceAddress('8.0.0.100');
  stream.send(1_000);
  t.ok(
    sim.until(() => stream.isEven, 5_000),
    'streams go on',
  );
  t.notMatch(linkOf(client, exit), EXIT_IP);
  use(sim, client, exit, 20_000);
  client.host.replaceAddress(CLIENT_IP);
  client.host.putBehindNat(OUTSIDE, 'port-restricted');
  stream.send(1_000);
  t.ok(
    sim.until(() => stream.isEven, 5_000),
    'and again',
  );
  const backMs = sim.network.nowMs;
  t.match(use(sim, client, exit, 60_000, new RegExp(EXIT_IP)), `udp://${EXIT_IP}:`);
  t.comment(`${Math.round(sim.network.nowMs - backMs)} ms after it is back`);
  t.same(stream.ends, []);
});

t.test('nothing of it is in records, or on disk', async (t) => {
  const { sim, client, exit, relay } = makeHome(t, 'port-restricted');
  t.ok(untilUp(sim, client, [exit], 10_000));
  t.match(use(sim, client, exit, 30_000, /^udp:/), `udp://${EXIT_IP}:`);
  sim.pass(MINUTE_MS);
  for (const node of [relay, client, exit]) {
    t.same(
      node.mesh.nodes().flatMap(({ addresses }) => addresses.filter((url) => url.includes('192.168.'))),
      [],
    );
    t.notMatch(node.persisted, /192\.168\./);
  }
});

t.test('both want each other, and ask at the same time', async (t) => {
  for (let seed = 1; seed <= 3; seed++) {
    const sim = new SimMesh(sodium, seed, { delayMs: 20, jitterMs: 10 });
    const relays = [1, 2].map((id) => sim.add(id, { relay: true, listens: ['udp'], ip: `8.0.0.${id}` }));
    const servers = relays.map((relay) => firstServer(relay));
    const nat = { ip: OUTSIDE, kind: 'port-restricted' } as const;
    const [one, other] = [50, 60].map((id, index) =>
      sim.add(id, { exit: true, relay: true, servers, ip: `192.168.1.${5 + index}`, nat }),
    ) as [SimNode, SimNode];
    for (const node of [one, other]) echo(node);
    sim.network.connect(one.host, other.host, { delayMs: 1, jitterMs: 0 });
    t.ok(untilUp(sim, one, [...relays, other], 10_000) && untilUp(sim, other, [...relays, one], 10_000));
    t.match(use(sim, one, other, 30_000, /^udp:/), /^udp:\/\/192/, `seed ${seed}`);
    use(sim, one, other, 15_000);
    t.match(linkOf(other, one), /^udp:\/\/192/, 'each for itself');
    t.ok(roundTripMs(sim, other, one) < 20 && roundTripMs(sim, one, other) < 20);
  }
});
