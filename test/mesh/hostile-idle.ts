// What a member can make others send to a node that does nothing: with limits that hold for each teller, not much.
import t from 'tap';
import { signFastRecord } from '../../mesh/gossip/fast-record.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { echo } from '../fixtures/echo-stream.ts';
import { HostileMember } from '../fixtures/hostile-member.ts';
import { makeRelayMesh, untilJoined } from '../fixtures/relay-mesh.ts';
import { RouteForger } from '../fixtures/route-forger.ts';
import { SimMesh } from '../fixtures/sim-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { type FailingTest, printFlowOnFailure } from '../fixtures/sim/packet-flow.ts';
import { firstServer, untilUp } from '../fixtures/small-mesh.ts';

const sodium = await loadSodium();

/** An idle client may cost so much in each minute, in bytes to and from it together. */
const IDLE_BYTES = 3_000;

/** What goes to and from a node in each of some minutes, while somebody does something twice a second; no headers of IP. */
function perMinute(sim: SimMesh, node: SimNode, minutes: number, act: () => void) {
  const links = [...sim.nodes.values()].flatMap((other) =>
    other === node ? [] : [sim.network.link(node.host, other.host), sim.network.link(other.host, node.host)],
  );
  for (const link of links) link.resetCounters();
  for (let half = 0; half < 120 * minutes; half++) {
    act();
    sim.pass(500);
  }
  const sum = (key: 'sent' | 'sentBytes'): number => links.reduce((all, { counters }) => all + counters[key], 0);
  return { packets: sum('sent') / minutes, bytes: sum('sentBytes') / minutes };
}

for (const isRelay of [false, true]) {
  t.test(`UNREACHABLE for what ${isRelay ? 'a relay' : 'a member'} says to be an idle client’s`, async (t) => {
    const mesh = makeRelayMesh(t, sodium, { relays: 3, link: { delayMs: 15 }, findsRoutes: true });
    const { sim, exit, relays, client } = mesh;
    t.ok(untilUp(sim, client, [exit, ...relays]));
    t.ok(untilJoined(mesh));
    // A member that the relays know, and that is not there any more.
    const gone = sim.add(2, { servers: relays.map((relay) => firstServer(relay)) });
    t.ok(untilUp(sim, gone, relays));
    gone.do((node, nowMs) => node.close(nowMs));
    sim.pass(10 * 60_000);
    const hostile = new HostileMember(sim, 66, { relay: isRelay });
    hostile.meet(...relays);
    const forger = new RouteForger(sim);
    const quiet = perMinute(sim, client, 10, () => undefined);
    let packetNumber = 0;
    const busy = perMinute(sim, client, 4, () => {
      for (const relay of relays) {
        const bytes = forger.message({
          origin: 100,
          relay1: 66,
          relay2: relay.id,
          hopIndex: 1,
          destination: 2,
          packetNumber: packetNumber++,
        });
        hostile.socket.host.sendDatagram(hostile.socket.address, hostile.addressOf(relay), bytes, 0, bytes.length);
      }
      forger.clear();
    });
    t.comment(`${busy.packets} packets and ${busy.bytes} bytes a minute, ${quiet.packets} and ${quiet.bytes} before`);
    t.ok(busy.bytes < IDLE_BYTES);
    t.ok(busy.packets <= quiet.packets + (isRelay ? 20 : 4));
  });
}

/** Exits 1 to 6, a client that has been idle for long, and member 66, a server where it is an exit. */
function idleMesh(t: FailingTest, isExit: boolean) {
  const sim = new SimMesh(sodium, 5, { delayMs: 20 });
  printFlowOnFailure(t, sim.flow);
  const servers: SimNode[] = [];
  for (let id = 1; id <= 6; id++) {
    servers.push(sim.add(id, { exit: true, listens: ['udp'], servers: servers.map((node) => firstServer(node)) }));
    echo(servers.at(-1)!);
  }
  const hostile = new HostileMember(sim, 66, { exit: isExit, listens: true });
  const known = servers.map((node) => firstServer(node));
  const client = sim.add(100, {
    wantsExits: true,
    servers: isExit ? [...known, { id: hostile.id, endpoints: [hostile.endpoint] }] : known,
  });
  if (!untilUp(sim, client, servers, 20_000)) throw new Error('not joined');
  sim.pass(15 * 60_000);
  return { sim, servers, hostile, client };
}

t.test('LOST by a member, to all servers, about a client that is there', async (t) => {
  const { sim, servers, hostile, client } = idleMesh(t, false);
  hostile.meet(...servers);
  sim.pass(60_000);
  const quiet = perMinute(sim, client, 5, () => undefined);
  const bytes = Uint8Array.of(client.id);
  const busy = perMinute(sim, client, 5, () => {
    for (const server of servers) hostile.say(server, [{ type: 'lost', bytes }]);
  });
  t.comment(`${busy.packets} packets and ${busy.bytes} bytes a minute, ${quiet.packets} and ${quiet.bytes} before`);
  t.ok(busy.packets < quiet.packets + 4);
});

t.test('LOST by an exit, to a client, about all others', async (t) => {
  const { sim, servers, hostile, client } = idleMesh(t, true);
  const quiet = perMinute(sim, client, 5, () => undefined);
  const bytes = Uint8Array.from(servers, ({ id }) => id);
  const busy = perMinute(sim, client, 10, () => hostile.say(client, [{ type: 'lost', bytes }]));
  t.comment(`${busy.packets} packets and ${busy.bytes} bytes a minute, ${quiet.packets} and ${quiet.bytes} before`);
  t.ok(busy.bytes < IDLE_BYTES);
  // What is taken of it at once, and once in five minutes, each with its answer.
  t.ok(busy.packets < quiet.packets + (2 * (16 + 2)) / 10 + 2);
});

t.test('fast records by an exit that loses all others every ten seconds', async (t) => {
  const { sim, servers, hostile, client } = idleMesh(t, true);
  const quiet = perMinute(sim, client, 5, () => undefined);
  const quality = { rttMs: 20, jitterMs: 0, lossShare: 0 };
  const all = new Map(servers.map(({ id }) => [id, quality] as const));
  let sequence = 0;
  const busy = perMinute(sim, client, 10, () => {
    if (++sequence % 20 !== 0) return;
    const state = { loadMs: 0, neighbours: sequence % 40 === 0 ? all : new Map(), heard: new Set([client.id]) };
    const version = { incarnation: hostile.incarnation, sequence };
    const { bytes } = signFastRecord(sodium, hostile.identity.secretKey, hostile.id, version, state);
    hostile.tell(client, [{ kind: 'fast', bytes }]);
  });
  t.comment(`${busy.packets} packets and ${busy.bytes} bytes a minute, ${quiet.packets} and ${quiet.bytes} before`);
  t.ok(busy.bytes < IDLE_BYTES);
  t.ok(busy.packets < quiet.packets + (2 * (16 + 2)) / 10 + 2);
});
