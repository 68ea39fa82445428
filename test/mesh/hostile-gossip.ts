// A member that says in gossip what it likes, and as often as it likes: of others, of itself, and of where it is.
import t from 'tap';
import { encodeDigest } from '../../mesh/gossip/digest.ts';
import type { NodeAddress } from '../../mesh/gossip/node-address.ts';
import { decodeNodeRecord, type NodeRecord, signNodeRecord } from '../../mesh/gossip/node-record.ts';
import { savedList, savedMember, textToBytes } from '../../mesh/gossip/saved-bytes.ts';
import { encodeWants } from '../../mesh/gossip/want.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { roundTripMs } from '../fixtures/echo-stream.ts';
import { HostileMember } from '../fixtures/hostile-member.ts';
import { viewOf } from '../fixtures/scale-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import { makeSmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import { nodeId } from '../fixtures/wire/nodes.ts';
import { descriptionOf } from './gossip/fixtures/documents.ts';

const sodium = await loadSodium();
const HOUR_MS = 3_600_000;

/** The records that a node has of others. */
function recordsOf(node: SimNode): readonly NodeRecord[] {
  const { knowledge } = node.mesh.persisted();
  return savedList(savedMember(knowledge, 'table'), 'records', 254).flatMap(
    (text) => decodeNodeRecord(textToBytes(text)!) ?? [],
  );
}

t.test('a record with the addresses of a stranger: what all others send there', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 3, exit: { wantsExits: true } });
  const nodes = [...exits, client];
  t.ok(untilUp(sim, client, exits));
  sim.pass(2_000);
  const stranger = sim.network.addHost('stranger');
  stranger.refusesClosedPorts = false;
  const inner = sim.network.addHost('inner', '192.168.1.1');
  const hostile = new HostileMember(sim, 66, { exit: true, relay: true });
  hostile.meet(exits[0]!);
  let bytes = 0;
  let messages = 0;
  let inside = 0;
  sim.onPacket = (packet, _from, to) => {
    if (to === 'inner') inside++;
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
      source: index === 17 ? 'local' : 'configured',
      host: index === 17 ? inner.ip : stranger.ip,
      port: port++,
    }));
    hostile.tell(exits[0]!, [{ kind: 'record', bytes: hostile.record(minute + 1, addresses).bytes }]);
    sim.pass(60_000);
  }
  const hours = (sim.network.nowMs - startMs) / HOUR_MS;
  const perNodeAndHour = bytes / nodes.length / hours;
  t.comment(
    `${messages} messages, ${bytes} bytes in ${hours.toFixed(1)} h to one address: ${perNodeAndHour.toFixed(0)} bytes a node and hour`,
  );
  t.equal(inside, 0, 'what a record calls local is dialled by nobody');
  t.ok(messages > 0);
  t.ok(messages <= nodes.length * (24 + 8 * hours));
  t.ok(bytes <= nodes.length * 548 * (24 + 8 * hours));
});

t.test('whoever has the network key and another admin’s certificate is nobody', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exit: { relay: true } });
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  sim.pass(1_000);
  const persisted = exit.persisted;
  for (const number of [66, client.id]) {
    const stranger = new HostileMember(sim, number, { exit: true, relay: true, adminSeed: sim.bytes('other', 32) });
    for (let count = 0; count < 20; count++) {
      stranger.hello(exit);
      sim.pass(50);
    }
    t.equal(stranger.bytesReceived, 0, `as number ${number}`);
    t.throws(() => stranger.say(exit, [{ type: 'ping' }]), /not met/);
    t.notOk(exit.mesh.nodes().some((node) => node.id === 66));
  }
  t.equal(exit.persisted, persisted);
  t.equal(client.stateOf(exit), 'up');
});

t.test('a certified member under another’s number, by HELLO and by records', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  const [first, second] = exits as readonly [SimNode, SimNode];
  t.ok(untilUp(sim, client, exits));
  const hostile = new HostileMember(sim, 66, { exit: true });
  hostile.meet(first, second);
  const before = [first, second, client].map((node) => viewOf(node));
  // Its own credential in a record of number 2 with the highest version there is, and number 2's credential under its own signature.
  const version = { incarnation: 0xffff_ffff, sequence: 0xffff_ffff };
  const description = { ...descriptionOf('thief'), server: true };
  const victim = recordsOf(first).find(({ id }) => id === second.id)!;
  const { credential } = victim;
  const renumbered = { ...hostile.credential, certificate: { ...hostile.credential.certificate, id: second.id } };
  for (const stolen of [credential, renumbered]) {
    const { bytes } = signNodeRecord(sodium, hostile.identity.secretKey, stolen, version, description);
    hostile.tell(first, [{ kind: 'record', bytes }]);
    hostile.hello(first, { credential: stolen, incarnation: 0xffff_ffff });
  }
  // Number 2's own record, altered, and with a higher version that it did not sign.
  for (let at = 1; at < victim.bytes.length; at += 7) {
    const altered = new Uint8Array(victim.bytes);
    altered[at]! ^= 1;
    hostile.tell(first, [{ kind: 'record', bytes: altered }]);
  }
  sim.pass(5_000);
  t.same(
    [first, second, client].map((node) => viewOf(node)),
    before,
  );
  t.equal(client.stateOf(second), 'up');
  t.equal(second.notices.filter(({ level }) => level !== 'info').length, 0);
});

t.test('one version, different content for each: all agree in the end', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 4, exit: { wantsExits: true } });
  t.ok(untilUp(sim, client, exits));
  const hostile = new HostileMember(sim, 66, { exit: true });
  hostile.meet(...exits);
  for (const [index, exit] of exits.entries()) {
    const address = { transport: 'udp', source: 'configured', host: `203.0.113.${index + 1}`, port: 1 } as const;
    hostile.tell(exit, [{ kind: 'record', bytes: hostile.record(1, [address]).bytes }]);
  }
  sim.pass(10_000);
  const seen = [...exits, client].map((node) =>
    node.mesh
      .nodes()
      .find(({ id }) => id === 66)
      ?.addresses.join(),
  );
  t.equal(new Set(seen).size, 1, seen.join(' '));
});

t.test('LOST, OBSERVED, TABLE, DIGEST and WANT without end', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 3, exit: { wantsExits: true } });
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  sim.pass(3_000);
  const hostile = new HostileMember(sim, 66);
  hostile.meet(exit);
  hostile.acknowledges = false;
  const before = { bytes: hostile.bytesReceived, persisted: exit.persisted.length };
  const links = exits.flatMap(({ host }) => [sim.network.link(host, client.host), sim.network.link(client.host, host)]);
  for (const link of links) link.resetCounters();
  const sent = (): number => [...exits.slice(1), client].reduce((sum, { host }) => sum + countersOf(exit, host), 0);
  const countersOf = ({ host }: SimNode, to: SimNode['host']): number => sim.network.link(host, to).counters.sent;
  const sentBefore = sent();
  const everybody = Uint8Array.from({ length: 254 }, (_, index) => index + 1);
  const nothing = encodeDigest({ keyChangeSerial: 0, entries: new Map() });
  const wants = encodeWants(
    {
      keyChange: true,
      nodes: [1, 2, 3, 100].map((number) => ({ id: nodeId(number), revokedUpTo: null, version: null })),
    },
    1_000,
  );
  const startMs = sim.network.nowMs;
  for (let round = 0; round < 3_000; round++) {
    const table = Uint8Array.from([...sim.bytes(`table ${round}`, 8), round & 3]);
    const host = `198.51.100.${round % 250}`;
    hostile.say(exit, [
      { type: 'lost', bytes: everybody },
      { type: 'observed', address: { transport: 'udp', source: 'observed', host, port: 1 } },
      { type: 'table', bytes: table },
      { type: 'digest', bytes: nothing },
      { type: 'want', bytes: wants[0]! },
    ]);
    sim.pass(60);
  }
  const minutes = (sim.network.nowMs - startMs) / 60_000;
  const clientBytes = links.reduce((sum, { counters }) => sum + counters.sentBytes, 0) / minutes;
  // An idle client may cost 3,000 by itself.
  t.ok(clientBytes < 1_500, `${clientBytes} bytes a minute to and from an idle client`);
  t.ok(sent() - sentBefore < 25 * minutes, `${sent() - sentBefore} packets to others in ${minutes} minutes`);
  t.ok(exit.persisted.length < before.persisted + 1_000);
  t.ok(hostile.bytesReceived - before.bytes < 1_500_000, `${hostile.bytesReceived - before.bytes} bytes in answer`);
  t.ok(roundTripMs(sim, client, exit) < 100);
});
