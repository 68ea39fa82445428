// What a member can make others send to a node that does nothing: with limits that hold for each teller, not much.
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { HostileMember } from '../fixtures/hostile-member.ts';
import { makeRelayMesh, untilJoined } from '../fixtures/relay-mesh.ts';
import { RouteForger } from '../fixtures/route-forger.ts';
import type { SimMesh } from '../fixtures/sim-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
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
