// A member with valid keys that does what it likes: memory stays bounded, and others notice nothing.
import t from 'tap';
import { parseNodeId } from '../../config/node-id.ts';
import { issueCredential } from '../../mesh/gossip/credential.ts';
import { signHello } from '../../mesh/gossip/hello.ts';
import { encodeFrame } from '../../mesh/session/encode-frame.ts';
import { ByteWriter } from '../../mesh/wire/byte-writer.ts';
import { Header, SEAL_BYTES } from '../../mesh/wire/header.ts';
import { MessageSealer } from '../../mesh/wire/message-sealer.ts';
import { NetworkKeys } from '../../mesh/wire/network-keys.ts';
import { loadSodium } from '../../node/sodium/load-sodium.ts';
import { EchoStream, roundTripMs, untilWorksMs } from '../fixtures/echo-stream.ts';
import { firstServer, makeSmallMesh, type SmallMesh, untilUp } from '../fixtures/small-mesh.ts';
import type { SimNode } from '../fixtures/sim-node.ts';
import type { SimAddress } from '../fixtures/sim/sim-address.ts';
import { MESH_PORT } from '../fixtures/sim-node.ts';

const sodium = await loadSodium();
const ID = parseNodeId(99)!;

/** A certified node of which the test writes every HELLO itself. */
class Forger {
  readonly #mesh: SmallMesh;
  readonly #identity;
  readonly #network;
  readonly #credential;
  readonly #sealer;
  #counter = 0;
  #packetNumber = 0;

  constructor(mesh: SmallMesh) {
    const { sim } = mesh;
    this.#mesh = mesh;
    this.#identity = sodium.signKeyPair(sim.bytes('forger', 32));
    this.#network = new NetworkKeys(sodium, sim.networkKey);
    this.#sealer = new MessageSealer(sodium, sim.network.random.fork('forger waste'));
    this.#credential = issueCredential(sodium, sim.admin.secretKey, sim.bytes('one-time forger', 32), {
      id: ID,
      roles: { exit: false, relay: false },
      serial: 1,
      expiresAtS: 0,
      identity: this.#identity.publicKey,
    });
  }

  hello(to: SimNode, fields: { session?: number; incarnation?: number; e?: string; counter?: number }): Uint8Array {
    const { sim } = this.#mesh;
    const e = sodium.x25519KeyPair(sim.bytes(fields.e ?? 'forger E', 32));
    const hello = signHello(sodium, this.#identity.secretKey, to.id, {
      credential: this.#credential,
      ephemeralPublicKey: e.publicKey,
      incarnation: fields.incarnation ?? 1_800_000_000,
      counter: fields.counter ?? ++this.#counter,
      session: fields.session ?? 1_800_000_000,
      peerKeyId: 0,
    });
    const out = new Uint8Array(548);
    const writer = new ByteWriter(out, SEAL_BYTES);
    encodeFrame(writer, { type: 'hello', bytes: hello.bytes });
    const header = new Header();
    header.keyLevel = 0;
    header.origin = ID;
    header.destination = to.id;
    header.packetNumber = this.#packetNumber++;
    header.session = 1_800_000_000;
    header.timeSeconds = 1_800_000_000;
    header.payloadBytes = writer.offset - SEAL_BYTES;
    const bytes = this.#sealer.seal(out, 0, header, this.#network, this.#network.bootstrap);
    return out.subarray(0, bytes);
  }
}

function address(mesh: SmallMesh, node: SimNode): SimAddress {
  return mesh.sim.network.address(node.host.ip, MESH_PORT);
}

t.test('HELLOs without end, with a new ephemeral key and incarnation each, from one address', async (t) => {
  const mesh = makeSmallMesh(t, sodium);
  const { sim, exits, client } = mesh;
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  sim.pass(1_000);
  const stream = new EchoStream(sim, client, exit);
  const forger = new Forger(mesh);
  const socket = sim.network.addHost('forger').udp();
  let came = 0;
  socket.onDatagram = () => came++;
  const size = exit.persisted.length;
  for (let count = 1; count <= 1_000; count++) {
    socket.send(address(mesh, exit), forger.hello(exit, { e: `E ${count}`, incarnation: 1_800_000_000 + count }));
    stream.send(10);
    sim.pass(1);
  }
  t.ok(sim.until(() => stream.isEven, 1_000));
  t.ok(came > 0 && came <= 200, `${came} answers: after sixty keys in an hour it gets silence`);
  t.ok(exit.persisted.length < size + 2_000);
  sim.pass(3_700_000);
  came = 0;
  socket.send(address(mesh, exit), forger.hello(exit, { e: 'later', incarnation: 1_900_000_000 }));
  sim.pass(1_000);
  t.ok(came > 0, 'an hour later it is heard again');
});

t.test('HELLOs from five thousand addresses', async (t) => {
  const mesh = makeSmallMesh(t, sodium);
  const { sim, exits, client } = mesh;
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  const stream = new EchoStream(sim, client, exit);
  const forger = new Forger(mesh);
  const host = sim.network.addHost('forger');
  host.refusesClosedPorts = false;
  for (let count = 1; count <= 5_000; count++) {
    const socket = host.udp();
    socket.send(address(mesh, exit), forger.hello(exit, {}));
    sim.pass(0.5);
    socket.close();
  }
  stream.send();
  t.ok(
    sim.until(() => stream.isEven, 1_000),
    'the client has not lost its link',
  );
  t.ok(exit.keptLinks <= 2 + 16, `${exit.keptLinks} links are kept`);
});

t.test('the highest session number there is', async (t) => {
  const mesh = makeSmallMesh(t, sodium);
  const { sim, exits, client } = mesh;
  const exit = exits[0]!;
  t.ok(untilUp(sim, client, exits));
  const forger = new Forger(mesh);
  const socket = sim.network.addHost('forger').udp();
  for (const session of [0xffff_fffe, 0xffff_ffff, 0, 1]) {
    socket.send(address(mesh, exit), forger.hello(exit, { session }));
    sim.pass(100);
  }
  t.ok(roundTripMs(sim, client, exit) < 100, 'nobody else notices');
  exit.restart();
  t.ok(untilWorksMs(sim, client, exit, 8_000) < 8_000);
});

t.test('a pair whose numbers are used up is silent, and harms nobody', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  t.ok(untilUp(sim, client, exits));
  const saved = client.mesh.persisted();
  client.saved = { ...saved, peers: { ...saved.peers, '1': { session: 0xffff_fffe, lastGood: null } } };
  client.restart();
  t.ok(untilWorksMs(sim, client, exits[0]!, 3_000) < 3_000, 'the last number works');
  client.restart();
  sim.pass(30_000);
  t.not(client.stateOf(exits[0]!), 'up', 'no number is used twice');
  t.ok(roundTripMs(sim, client, exits[1]!) < 100);
});

t.test('the highest counter and incarnation there are shut out nobody else', async (t) => {
  const mesh = makeSmallMesh(t, sodium);
  const { sim, exits, client } = mesh;
  const exit = exits[0]!;
  const forger = new Forger(mesh);
  const socket = sim.network.addHost('forger').udp();
  socket.send(address(mesh, exit), forger.hello(exit, { incarnation: 0xffff_ffff, counter: 0xffff_ffff }));
  t.ok(untilUp(sim, client, exits));
  exit.restart();
  t.ok(untilWorksMs(sim, client, exit, 8_000) < 8_000);
});

t.test('more streams than are allowed', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium);
  const exit = exits[0]!;
  const greedy = sim.add(99, { wantsExits: true, servers: [firstServer(exit)] });
  t.ok(untilUp(sim, client, exits));
  t.ok(untilUp(sim, greedy, exits));
  let handedOut = 0;
  exit.onStream = () => handedOut++;
  const streams = Array.from({ length: 3_000 }, () => new EchoStream(sim, greedy, exit));
  sim.pass(5_000);
  t.equal(handedOut, 1_024);
  t.equal(streams.filter(({ ends }) => ends.length > 0).length, 0);
  exit.onStream = (stream) => stream.accept(stream.target, 1);
  const other = new EchoStream(sim, client, exit);
  t.ok(
    sim.until(() => other.isOpened, 1_000),
    'others open theirs',
  );
});

t.test('a record that changes without end', async (t) => {
  const { sim, exits, client } = makeSmallMesh(t, sodium, { exits: 2 });
  t.ok(untilUp(sim, client, exits));
  const chatty = sim.add(99, { listens: ['udp'], servers: [firstServer(exits[0]!)], wantsExits: true });
  t.ok(untilUp(sim, chatty, exits));
  const before = client.nodesChanged;
  for (let count = 0; count < 200; count++) {
    chatty.restart();
    sim.pass(1_000);
  }
  t.comment(`${client.nodesChanged - before} changes seen`);
  t.ok(client.nodesChanged - before < 300);
  t.ok(roundTripMs(sim, client, exits[0]!) < 200);
  t.ok(JSON.stringify(client.mesh.persisted()).length < 20_000);
});
