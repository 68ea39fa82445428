// A member that says in gossip what it likes, and as often as it likes: of others, of itself, and of where it is.
import t from 'tap';
import { signNodeRecord } from '../../mesh/gossip/node-record.ts';
import type { NodeAddress } from '../../mesh/gossip/node-address.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { HostileMember } from '../fixtures/hostile-member.ts';
import { makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import { descriptionOf } from './gossip/fixtures/documents.ts';

const sodium = await loadSodium();
const HOUR_MS = 3_600_000;

function record(hostile: HostileMember, sequence: number, addresses: readonly NodeAddress[], name = 'stranger') {
  const version = { incarnation: hostile.incarnation, sequence };
  const description = { ...descriptionOf(name), server: true, addresses };
  return signNodeRecord(sodium, hostile.identity.secretKey, hostile.credential, version, description);
}

t.test('a record with the addresses of a stranger: what all others send there', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 3, exit: { wantsExits: true } });
  const nodes = [...exits, client];
  t.ok(untilUp(sim, client, exits));
  sim.pass(2_000);
  const stranger = sim.network.addHost('stranger');
  stranger.refusesClosedPorts = false;
  const hostile = new HostileMember(sim, 66, { exit: true, relay: true });
  hostile.meet(exits[0]!);
  let bytes = 0;
  let messages = 0;
  sim.onPacket = (packet, _from, to) => {
    if (to !== 'stranger') return;
    bytes += packet.length;
    messages++;
  };
  const startMs = sim.network.nowMs;
  let port = 1_000;
  for (let minute = 0; minute < 60; minute++) {
    // New addresses each minute, and an accomplice's word that it can be heard again.
    const addresses = Array.from({ length: 18 }, (_, index): NodeAddress => ({
      transport: index % 6 === 5 ? 'tcp' : 'udp',
      source: index % 2 === 0 ? 'configured' : 'local',
      host: stranger.ip,
      port: port++,
    }));
    hostile.tell(exits[0]!, [{ kind: 'record', bytes: record(hostile, minute + 1, addresses).bytes }]);
    sim.pass(60_000);
  }
  const hours = (sim.network.nowMs - startMs) / HOUR_MS;
  const perNodeAndHour = bytes / nodes.length / hours;
  t.comment(
    `${messages} messages, ${bytes} bytes in ${hours.toFixed(1)} h to one address: ${perNodeAndHour.toFixed(0)} bytes a node and hour`,
  );
  t.ok(messages > 0);
  t.ok(messages <= nodes.length * (24 + 8 * hours));
  t.ok(bytes <= nodes.length * 548 * (24 + 8 * hours));
});
