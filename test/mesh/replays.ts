// What was recorded, forged or made up gets silence: nothing is sent, nothing is kept (PROTOCOL sections 2 and 3).
import t from 'tap';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { roundTripMs } from '../fixtures/echo-stream.ts';
import { MessageDecoder } from '../fixtures/message-decoder.ts';
import { makeSmallMesh, type SmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import { MESH_PORT, type SimNode } from '../fixtures/sim-node.ts';
import { SeededRandom } from '../fixtures/sim/seeded-random.ts';
import type { SimHost } from '../fixtures/sim/sim-host.ts';
import type { FailingTest } from '../fixtures/sim/packet-flow.ts';

const sodium = await loadSodium();

interface Recorded {
  readonly bytes: Uint8Array;
  readonly level: 0 | 2;
}

/** Whoever recorded a mesh's packets and sends them again, from an address of its own. */
class Attacker {
  answers = 0;
  readonly #mesh: SmallMesh;
  readonly #host: SimHost;

  constructor(mesh: SmallMesh) {
    this.#mesh = mesh;
    this.#host = mesh.sim.network.addHost('attacker');
    this.#host.refusesClosedPorts = false;
  }

  /** Sends each to a node as a datagram of its own. */
  datagrams(node: SimNode, packets: Iterable<Uint8Array>): void {
    const { sim } = this.#mesh;
    const socket = this.#host.udp();
    socket.onDatagram = () => this.answers++;
    for (const bytes of packets) {
      socket.send(sim.network.address(node.host.ip, MESH_PORT), bytes);
      sim.pass(1);
    }
    sim.pass(1_000);
    socket.close();
  }

  /** Sends each over a connection of its own. */
  connections(node: SimNode, packets: Iterable<Uint8Array>): void {
    const { sim } = this.#mesh;
    const handler = { received: () => this.answers++, writable: () => {}, closed: () => {} };
    for (const bytes of packets) {
      const link = this.#host.dialStream(sim.network.address(node.host.ip, MESH_PORT), handler);
      const buffer = link.takeBuffer(bytes.length);
      buffer.set(bytes);
      link.send(buffer, bytes.length, bytes.length);
      sim.pass(50);
      link.close();
    }
  }
}

/** A mesh with traffic, and all its packets. */
function record(t: FailingTest, transport: 'udp' | 'tcp'): { mesh: SmallMesh; packets: Recorded[] } {
  const mesh = makeSmallMesh(t, sodium, { exits: 2, exit: { listens: [transport] } });
  const { sim, exits, client } = mesh;
  const decoder = new MessageDecoder(sodium);
  decoder.learn(sim.networkKey);
  const packets: Recorded[] = [];
  sim.onPacket = (bytes) => {
    const header = decoder.header(bytes);
    if (header !== null) packets.push({ bytes, level: header.keyLevel });
  };
  untilUp(sim, client, exits);
  roundTripMs(sim, client, exits[0]!);
  sim.pass(2_000);
  return { mesh, packets };
}

for (const transport of ['udp', 'tcp'] as const) {
  t.test(`recorded messages, in every state of the receiver: ${transport}`, async (t) => {
    const { mesh, packets } = record(t, transport);
    const { sim, exits, client } = mesh;
    const attacker = new Attacker(mesh);
    const attack = (what: string): void => {
      sim.onPacket = null;
      for (const exit of exits) {
        const persisted = exit.persisted;
        const before = exit.notices.length;
        const links = exit.keptLinks;
        const recorded = packets.map(({ bytes }) => bytes);
        if (transport === 'udp') attacker.datagrams(exit, recorded);
        else attacker.connections(exit, recorded);
        t.equal(attacker.answers, 0, `${what}: nothing is sent by node ${exit.id}`);
        t.equal(exit.persisted, persisted, `${what}: nothing changes at node ${exit.id}`);
        t.equal(exit.notices.length, before);
        t.equal(exit.keptLinks, links, 'no link is kept');
      }
    };
    t.ok(packets.filter(({ level }) => level === 0).length >= 6);
    t.ok(packets.filter(({ level }) => level === 2).length >= 10);
    attack('in session');
    t.ok(roundTripMs(sim, client, exits[0]!) < 100, 'the session is as it was');
    t.equal(client.notices.filter(({ code }) => code === 'peer-down').length, 0);
    client.kill('silently');
    for (const exit of exits) exit.restart();
    sim.pass(2_000);
    attack('after a restart');
    client.restart();
    t.ok(untilUp(sim, client, exits));
    sim.pass(2_000);
    attack('from a former incarnation');
    client.do((node, nowMs) => node.close(nowMs));
    sim.pass(1_000);
    attack('after GOODBYE');
  });
}

t.test('a fresh HELLO to somebody else, or with another origin, is not taken', async (t) => {
  const mesh = makeSmallMesh(t, sodium, { exits: 2 });
  const { sim, exits, client } = mesh;
  const hellos: Uint8Array[] = [];
  sim.onPacket = (bytes, from) => {
    if (from === 'n100') hellos.push(bytes);
  };
  sim.network.setUp(client.host, exits[0]!.host, false);
  sim.pass(1_500);
  sim.onPacket = null;
  t.ok(hellos.length >= 2);
  const attacker = new Attacker(mesh);
  attacker.datagrams(exits[1]!, hellos);
  t.equal(attacker.answers, 0, 'they are for node 1');
  attacker.datagrams(exits[0]!, hellos);
  t.ok(attacker.answers > 0, 'which answers, as it has not seen them');
});

t.test('flipped bits, truncations and noise at every port', async (t) => {
  const { mesh, packets } = record(t, 'udp');
  const { sim, exits, client } = mesh;
  sim.onPacket = null;
  const random = new SeededRandom(41);
  const attacker = new Attacker(mesh);
  const broken: Uint8Array[] = [];
  for (const { bytes } of [...packets.slice(0, 12), ...packets.slice(-12)]) {
    for (let count = 0; count < 40; count++) {
      const flipped = bytes.slice();
      const bit = random.integer(0, bytes.length * 8 - 1);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      broken.push(flipped);
    }
    for (let count = 0; count < 20; count++) broken.push(bytes.slice(0, random.integer(0, bytes.length - 1)));
  }
  for (let count = 0; count < 200; count++) {
    const noise = new Uint8Array(random.integer(0, 1_400));
    random.fill(noise);
    broken.push(noise);
  }
  for (const exit of exits) {
    const persisted = exit.persisted;
    attacker.datagrams(exit, broken);
    t.equal(attacker.answers, 0);
    t.equal(exit.persisted, persisted);
  }
  t.ok(roundTripMs(sim, client, exits[0]!) < 100);
  t.equal(client.notices.filter(({ code }) => code === 'peer-down').length, 0);
});
